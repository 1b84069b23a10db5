import fc from 'fast-check';
import type { MemberMarker } from '../../../src/domain/cluster/member';
import {
  memberMarkerFor,
  parseMemberMarker,
  printMemberMarker,
  withMemberMarker,
} from '../../../src/planning/cluster/marker';
import { parseMarker, printMarker } from '../../../src/planning/template/marker';
import { marker as templateMarker } from '../template/given';
import { markerOf, member } from './given';

const marker = markerOf(member('worker', 1, 1001, 'pve01'));
const printed = printMemberMarker(marker);

const markers: fc.Arbitrary<MemberMarker> = fc.record({
  cluster: fc.constantFrom('lab', 'talos-staging', 'k3s'),
  instance: fc.uuid(),
  role: fc.constantFrom('worker', 'cp', 'control-plane'),
  ordinal: fc.integer({ min: 1, max: 99_999 }),
  vmid: fc.integer({ min: 100, max: 999_999_999 }),
  operation: fc.constantFrom('change-cluster/home/lab', 'by-hand'),
  run: fc.uuid(),
  product: fc.constantFrom('0.5.0', '1.0.0-rc.1'),
  made: fc
    .date({ min: new Date(0), max: new Date('2099-01-01'), noInvalidDate: true })
    .map((it) => it.toISOString()),
});

test('every marker is read as it was printed, also with the line end that Proxmox adds', () => {
  fc.assert(
    fc.property(markers, (it) => {
      expect(parseMemberMarker(printMemberMarker(it))).toEqual(it);
      expect(parseMemberMarker(`The lab.\n\n${printMemberMarker(it)}\nDo not touch.\n`)).toEqual(it);
    }),
  );
});

test("a member's marker is none of a template, and a template's none of a member", () => {
  fc.assert(
    fc.property(markers, (it) => {
      expect(parseMarker(printMemberMarker(it))).toBeUndefined();
    }),
  );
  expect(parseMemberMarker(printMarker(templateMarker()))).toBeUndefined();
  expect(parseMemberMarker(printMarker(templateMarker({ kind: 'test' })))).toBeUndefined();
});

test.each([
  ['no description', undefined],
  ['other text', 'a machine of ours'],
  ['two blocks', `${printed}\n${printed}`],
  ['a block beside one of a template', `${printMarker(templateMarker())}\n${printed}`],
  ['no end', printed.slice(0, -3)],
  ['a line too many', printed.replace('vmid:', 'colour: red\nvmid:')],
  ['a line twice', printed.replace('vmid: 1001', 'vmid: 1001\nvmid: 1001')],
  ['a line too few', printed.replace(/^run: .*\n/m, '')],
  ['another first line', printed.replace('kind: member', 'kind: machine')],
  ['lines in another order', printed.replace(/(role: .*\n)(ordinal: .*\n)/, '$2$1')],
  ['a value of another form', printed.replace('ordinal: 1', 'ordinal: 01')],
  ['a name of one of its lines as a longer one', printed.replace('run: ', 'running: ')],
])('%s is no marker', (_title, description) => {
  expect(parseMemberMarker(description)).toBeUndefined();
});

test('a value that could not be read again is not printed', () => {
  expect(() => printMemberMarker({ ...marker, operation: 'two\nlines' })).toThrow(RangeError);
  expect(() => printMemberMarker({ ...marker, instance: '' })).toThrow(RangeError);
  expect(() => printMemberMarker({ ...marker, ordinal: 0 })).toThrow(RangeError);
});

test("a new marker takes the place of the block that was there, a template's too, and leaves what people wrote", () => {
  const before = `Kept for Ada.\n\n${printMarker(templateMarker())}\n\nAsk her.\n`;
  const after = withMemberMarker(before, marker);
  expect(parseMemberMarker(after)).toEqual(marker);
  expect(after).toContain('Kept for Ada.');
  expect(after).toContain('Ask her.');
  expect(parseMemberMarker(withMemberMarker(undefined, marker))).toEqual(marker);
});

test('there is only one block afterwards, or none would count: not a second one, nor one that nothing closes', () => {
  const twice = `Mine.\n\n${printed}\nBetween.\n${printed.replace('ordinal: 1', 'ordinal: 2')}\nAfter.`;
  const after = withMemberMarker(twice, marker);
  expect(parseMemberMarker(after)).toEqual(marker);
  expect(after.split('\n').filter((line) => /^[A-Z]/.test(line))).toEqual(['Mine.', 'Between.', 'After.']);
  const open = withMemberMarker('Mine.\n```proxmox-manager\nOurs.', marker);
  expect(parseMemberMarker(open)).toEqual(marker);
  expect(open).toMatch(/Ours\.$/);
});

test('the marker of a machine names the cluster by its profile, the operation and its first run', () => {
  const frame = { profile: 'lab', instance: 'instance-1', product: '0.5.0', madeAt: marker.made };
  const holder = { workflowId: 'change-cluster/home/lab', firstExecutionRunId: 'run-1' };
  expect(memberMarkerFor(frame, holder, { role: 'worker', ordinal: 1, vmid: 1001 })).toEqual(marker);
});
