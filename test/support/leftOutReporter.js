const { mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const leftOutStates = ['pending', 'skipped', 'todo', 'disabled'];

/**
 * Names the tests that were left out (a tool they need is missing) after jest's own summary, and writes
 * `{ passed, failed, leftOut }` to node_modules/.cache/test-counts.json for .ci/run, which lets none be left out.
 */
class LeftOutReporter {
  constructor(globalConfig) {
    this.countsFile = join(globalConfig.rootDir, 'node_modules/.cache/test-counts.json');
  }

  onRunComplete(_contexts, results) {
    const leftOut = results.testResults
      .flatMap((file) => file.testResults)
      .filter((result) => leftOutStates.includes(result.status))
      .map((result) => result.fullName);
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    mkdirSync(dirname(this.countsFile), { recursive: true });
    writeFileSync(
      this.countsFile,
      JSON.stringify({ passed: results.numPassedTests, failed, leftOut: leftOut.length }),
    );
    if (leftOut.length === 0) return;
    process.stderr.write(`\nLeft out (${leftOut.length}), because a tool they need is missing:\n`);
    for (const name of leftOut) process.stderr.write(`  - ${name}\n`);
  }
}

module.exports = LeftOutReporter;
