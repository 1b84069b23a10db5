import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderAt, ownFolders, runConformance, type ConformanceOutcome } from './conformance';
import { startSimulatedCluster } from './replay/simulated';

const state = `
version: 1
scenario:
  version: '9'
  nodes: [{ name: pve01 }, { name: pve02 }]
  access: { users: [{ id: u@pve, tokens: [{ id: tok, secret: 5f1c0a9e-7d24-4b86-a3ef-0c9d8e7b6a51 }] }] }
identities: { default: 'u@pve!tok' }
`;

const version = (body: unknown, more: object = {}): object => ({
  title: 'version',
  request: { method: 'GET', path: '/api2/json/version', params: null, node: 'pve01' },
  response: { status: 200, reason: 'OK', headers: {}, body },
  ...more,
});

const recorded = { data: { release: '9.2', version: '9.2.11', repoid: '14a22df35955d97d' } };

/** A folder with one recording, and its state unless that is left out. */
function folderWith(entries: readonly object[], stateFile: string | null = state): string {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  mkdirSync(join(folder, 'states'));
  writeFileSync(join(folder, 'mine.json'), JSON.stringify(entries));
  if (stateFile !== null) writeFileSync(join(folder, 'states', 'mine.yaml'), stateFile);
  return folder;
}

async function run(
  folder: string,
  mutate: false | 'one' = false,
): Promise<ConformanceOutcome & { lines: string[] }> {
  const lines: string[] = [];
  const outcome = await runConformance({
    folders: [folderAt(folder, undefined)],
    mutate,
    only: undefined,
    show: undefined,
    startCluster: startSimulatedCluster,
    print: (line) => lines.push(line),
  });
  return { ...outcome, lines };
}

describe('replaying recordings', () => {
  test('counts what passed and failed in the last line, and no superseded entry', async () => {
    const folder = folderWith([
      version(recorded),
      version({ data: { ...recorded.data, version: '9.2.12' } }),
      version({}, { superseded: 'by the first' }),
    ]);
    const { lines, problems } = await run(folder);
    expect(lines.at(-1)).toBe('1 passed, 1 failed');
    expect(lines.join('\n')).toContain('mine #1 "version": body.data.version');
    expect(problems).not.toEqual([]);
  });

  test("is content when all of a user's own recordings pass", async () => {
    expect((await run(folderWith([version(recorded)]))).problems).toEqual([]);
  });

  test('says which recording has no state', async () => {
    const folder = folderWith([version(recorded)], null);
    expect((await run(folder)).problems).toEqual([expect.stringContaining('mine has no state file')]);
  });

  test('says which event could not be brought about', async () => {
    const folder = folderWith(
      [version(recorded)],
      `${state}events: [{ before: version, event: { kind: link-cut, node: pve77 } }]\n`,
    );
    expect((await run(folder)).problems).toEqual([expect.stringContaining('pve77')]);
  });

  test('catches every falsification of an answer that passed', async () => {
    const { mutations, problems } = await run(folderWith([version(recorded)]), 'one');
    expect(problems).toEqual([]);
    const kinds = mutations.filter(({ applied }) => applied > 0).map(({ kind }) => kind);
    expect(kinds).toEqual(['status', 'reason', 'key removed', 'key added', 'value type']);
    expect(mutations.flatMap(({ missed }) => missed)).toEqual([]);
  });

  test('knows the folders of the project by their place', () => {
    for (const folder of ownFolders) expect(folderAt(folder.recordings, undefined)).toEqual(folder);
    expect(folderAt('/somewhere/else', undefined).ownName).toBeUndefined();
  });
});
