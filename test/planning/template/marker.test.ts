import fc from 'fast-check';
import type { TemplateMarker } from '../../../src/domain/template/marker';
import { parseMarker, printMarker, withMarker } from '../../../src/planning/template/marker';
import { marker, without } from './given';

const hex = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length })
    .map((digits) => digits.map((digit) => digit.toString(16)).join(''));

const markers: fc.Arbitrary<TemplateMarker> = fc
  .record({
    kind: fc.constantFrom('template', 'test'),
    name: fc.constantFrom('debian-13', 'a', 'rocky-9.5'),
    vmid: fc.integer({ min: 100, max: 999_999_999 }),
    generation: fc.option(fc.integer({ min: 1, max: 999_999_999 }), { nil: undefined }),
    source: fc.constantFrom('https://cloud.debian.org/images/debian-13.qcow2', 'vm/900'),
    digest: fc.oneof(
      hex(64).map((it) => `sha256:${it}`),
      hex(128).map((it) => `sha512:${it}`),
    ),
    runbook: fc.constantFrom('debian-13', 'generic-qcow2'),
    runbookHash: hex(64),
    settings: hex(64),
    product: fc.constantFrom('0.1.0', '1.0.0-rc.1'),
    operation: fc.constantFrom('create-template/lab/debian-13', 'by-hand'),
    run: fc.uuid(),
    made: fc
      .date({ min: new Date(0), max: new Date('2099-01-01'), noInvalidDate: true })
      .map((it) => it.toISOString()),
  })
  .map(({ generation, kind, ...rest }) => ({
    ...rest,
    kind: kind === 'test' ? 'test' : 'template',
    ...(generation === undefined ? {} : { generation }),
  }));

test('every marker is read as it was printed, also with the line end that Proxmox adds', () => {
  fc.assert(
    fc.property(markers, (it) => {
      expect(parseMarker(printMarker(it))).toEqual(it);
      expect(parseMarker(`Kept for the lab.\n\n${printMarker(it)}\nDo not delete.\n`)).toEqual(it);
    }),
  );
});

test.each([
  ['no description', undefined],
  ['other text', 'a template of ours'],
  ['two markers', `${printMarker(marker())}\n${printMarker(marker())}`],
  ['no end', printMarker(marker()).slice(0, -3)],
  ['a line too many', printMarker(marker()).replace('vmid:', 'colour: red\nvmid:')],
  ['a line twice', printMarker(marker()).replace('vmid: 100', 'vmid: 100\nvmid: 101')],
  ['a line too few', printMarker(marker()).replace(/^runbook: .*\n/m, '')],
  ['lines in another order', printMarker(marker()).replace(/(vmid: .*\n)(generation: .*\n)/, '$2$1')],
  ['a value of another form', printMarker(marker()).replace('vmid: 100', 'vmid: 0x64')],
])('%s is no marker', (_title, description) => {
  expect(parseMarker(description)).toBeUndefined();
});

test('a value that could not be read again is not printed', () => {
  expect(() => printMarker(marker({ operation: 'two\nlines' }))).toThrow(RangeError);
  expect(() => printMarker(marker({ source: 'https://user:pass@example.com/a.qcow2' }))).toThrow(RangeError);
  expect(() => printMarker(marker({ source: 'https://example.com/a.qcow2?X-Amz-Signature=1' }))).toThrow(
    RangeError,
  );
});

test("a new marker takes the old one's place and leaves what people wrote", () => {
  const untested = without(marker(), 'generation');
  const before = `Kept for the lab.\n\n${printMarker(untested)}\n\nAsk Ada.\n`;
  const after = withMarker(before, marker({ generation: 7 }));
  expect(parseMarker(after)).toEqual(marker({ generation: 7 }));
  expect(after).toContain('Kept for the lab.');
  expect(after).toContain('Ask Ada.');
  expect(parseMarker(withMarker(undefined, marker()))).toEqual(marker());
  const typed = before.replaceAll('\n', '\r\n');
  expect(parseMarker(typed)).toEqual(untested);
  expect(parseMarker(withMarker(typed, marker({ generation: 7 })))).toEqual(marker({ generation: 7 }));
});
