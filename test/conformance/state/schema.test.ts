import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { valueAt } from '../json';
import { loadRecordings } from '../recording';
import { stateJsonSchema, stateSchemaFile } from './json-schema';
import { loadState, stateFileOf } from './load';

const root = join(__dirname, '..');
const folders = [
  { recordings: join(root, 'recordings'), states: join(root, 'states') },
  { recordings: join(root, 'recordings-9'), states: join(root, 'states-9') },
];

/** Exit statuses that say how a task ended, not why: the past of a cluster may hold tasks that ended so. */
const plainEnd = /^(?:OK|WARNINGS: \d+|unexpected status|migration (?:aborted|problems))$/;

/** Texts with which a cluster refused something, at once or in a task: what a state file must not hold. */
function refusals(): string[] {
  const exchanges = folders
    .flatMap((folder) => loadRecordings(folder.recordings))
    .flatMap((one) => one.exchanges);
  const reasons = exchanges.filter(({ answer }) => answer.status !== 200).map(({ answer }) => answer.reason);
  const ends = exchanges.flatMap(({ answer }) => [
    answer.task?.['exitstatus'],
    valueAt(answer.body, ['data', 'exitstatus']),
  ]);
  const texts = [...reasons, ...ends.filter((end) => typeof end === 'string')];
  return [...new Set(texts)].filter((text) => text.length > 12 && !plainEnd.test(text));
}

/** All texts of a parsed file. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

describe('the states of the recordings', () => {
  test('have a published JSON Schema that is up to date (tsx test/conformance/state/json-schema.ts writes it)', () => {
    expect(readFileSync(stateSchemaFile, 'utf8')).toBe(stateJsonSchema());
  });

  test.each(folders)('can be read and belong to recordings: $states', ({ recordings, states }) => {
    const names = loadRecordings(recordings).map(({ name }) => name);
    for (const file of readdirSync(states)) {
      expect(names).toContain(file.replace(/\.yaml$/, ''));
      expect(() => loadState(join(states, file))).not.toThrow();
      expect(readFileSync(join(states, file), 'utf8')).toMatch(/^# yaml-language-server: \$schema=/);
    }
  });

  test('name only exchanges that there are', () => {
    for (const { recordings, states } of folders) {
      for (const { name, exchanges } of loadRecordings(recordings)) {
        const file = stateFileOf(states, name);
        if (file === undefined) continue;
        const state = loadState(file);
        const indexes = exchanges.map(({ index }) => index);
        const titles = exchanges.map(({ title }) => title);
        for (const { before } of state.events) expect([...indexes, ...titles]).toContain(before);
        for (const index of [...state.together.flat(), ...state.redacted.map(({ at }) => at)]) {
          expect(indexes).toContain(index);
        }
      }
    }
  });

  test('hold no text of any refusal, and of the past only how tasks ended', () => {
    const refused = refusals();
    for (const { states } of folders) {
      for (const file of readdirSync(states)) {
        const state = loadState(join(states, file));
        const found = textsOf(state).filter((text) => refused.some((refusal) => text.includes(refusal)));
        expect(found).toEqual([]);
        expect(
          state.scenario.tasks.filter(({ exitstatus, log }) => !plainEnd.test(exitstatus) || log.length > 0),
        ).toEqual([]);
        expect(state.scenario.cluster_log).toEqual([]);
      }
    }
  });

  test('that are wrong are refused with the place of every mistake', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'state-')), 'wrong.yaml');
    writeFileSync(file, 'version: 2\nevents:\n  - before: 1\n    event: { kind: nothing }\n');
    expect(() => loadState(file)).toThrow(/version[\s\S]*scenario[\s\S]*events/);
  });
});
