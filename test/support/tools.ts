import { spawnSync } from 'node:child_process';

/**
 * A `describe` for tests of real tools. Where one is missing the tests are left out: the reporter names them,
 * and .ci/run lets none be left out.
 */
export function describeWith(tools: readonly string[], title: string, tests: () => void): void {
  const missing = tools.filter(
    (tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error !== undefined,
  );
  if (missing.length === 0) {
    describe(title, tests);
    return;
  }
  if (process.env['CI'] === 'true') {
    test(`${title} (needs ${missing.join(' and ')})`, () => {
      throw new Error(`not installed: ${missing.join(', ')}`);
    });
    return;
  }
  describe.skip(`${title} (needs ${missing.join(' and ')})`, tests);
}
