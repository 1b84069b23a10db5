import { printable, printableLine } from '../../../src/domain/rendering/text';

test('a line of a file keeps its indentation, and a tab is seen', () => {
  expect(printableLine('  - qemu-guest-agent\r')).toBe('  - qemu-guest-agent');
  expect(printableLine('\tkey: \u001b[31mvalue ')).toBe('␉key:  [31mvalue');
});

test('other text from outside is one line without control characters', () => {
  expect(printable('\n a\tb\u001b[2J ')).toBe('a b [2J');
});
