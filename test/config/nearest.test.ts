import { nearestWord } from '../../src/config/nearest';

test.each([
  ['pve11', 'pve01'],
  ['pve2', 'pve02'],
  ['pv', undefined],
  ['database-server', undefined],
  ['x', undefined],
  ['', undefined],
])('of two nodes %j means %j', (word, meant) => {
  expect(nearestWord(word, ['pve01', 'pve02'])).toBe(meant);
});

test('a short word is not meant by one that shares no letter with it', () => {
  expect(nearestWord('x', ['a1'])).toBeUndefined();
  expect(nearestWord('b2', ['a1'])).toBeUndefined();
  expect(nearestWord('b1', ['a1'])).toBe('a1');
});

test('without words none is meant', () => {
  expect(nearestWord('pve01', [])).toBeUndefined();
});
