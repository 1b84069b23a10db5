import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRecordings } from '../recording';
import { stateJsonSchema, stateSchemaFile } from './json-schema';
import { loadState, stateFileOf } from './load';

const root = join(__dirname, '..');
const folders = [
  { recordings: join(root, 'recordings'), states: join(root, 'states') },
  { recordings: join(root, 'recordings-9'), states: join(root, 'states-9') },
];

/** All texts in the bodies of answers that refused something: what a state file must not hold. */
function refusals(): Set<string> {
  const answers = folders
    .flatMap(({ recordings }) => loadRecordings(recordings))
    .flatMap(({ exchanges }) => exchanges);
  return new Set(answers.filter(({ answer }) => answer.status !== 200).map(({ answer }) => answer.reason));
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

  test('hold no text of any refusal', () => {
    const texts = [...refusals()].filter((text) => text.length > 12);
    for (const { states } of folders) {
      for (const file of readdirSync(states)) {
        const content = readFileSync(join(states, file), 'utf8');
        expect(texts.filter((text) => content.includes(text))).toEqual([]);
      }
    }
  });

  test('that are wrong are refused with the place of every mistake', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'state-')), 'wrong.yaml');
    writeFileSync(file, 'version: 2\nevents:\n  - before: 1\n    event: { kind: nothing }\n');
    expect(() => loadState(file)).toThrow(/version[\s\S]*scenario[\s\S]*events/);
  });
});
