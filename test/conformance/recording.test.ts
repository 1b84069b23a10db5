import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRecording, loadRecordings } from './recording';

function written(content: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), 'recording-')), 'some.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const exchange = {
  title: 'version',
  request: { method: 'GET', path: '/api2/json/version', params: null, node: 'pve01' },
  response: { status: 200, reason: 'OK', headers: {}, body: { data: {} } },
};

describe('a recording', () => {
  test('replays neither superseded entries nor command lines, actions and timings, but keeps their places', () => {
    const recording = loadRecording(
      written([
        { ...exchange, superseded: 'by a better one' },
        { title: 'qm list', request: { argv: ['qm', 'list'] }, response: { exit_code: 0 } },
        { title: 'cut', request: { action: 'link cut' }, response: { seconds: 3 } },
        exchange,
      ]),
    );
    expect(recording).toMatchObject({ name: 'some', superseded: 1, notRest: 2 });
    expect(recording.exchanges.map(({ index }) => index)).toEqual([3]);
  });

  test('that is none is refused with the name of the file', () => {
    const file = written([{ request: {} }]);
    expect(() => loadRecording(file)).toThrow(file);
  });

  test.each(['recordings', 'recordings-9'])('can be read, each of %s', (folder) => {
    const recordings = loadRecordings(join(__dirname, folder));
    expect(recordings.length).toBeGreaterThan(20);
    expect(recordings.flatMap(({ exchanges }) => exchanges).length).toBeGreaterThan(1100);
  });
});
