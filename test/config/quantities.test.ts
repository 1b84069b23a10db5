import {
  durationMs,
  durationPattern,
  percentPattern,
  rateBytesPerSecond,
  ratePattern,
  shareOfPercent,
  sizeBytes,
  sizePattern,
} from '../../src/config/quantities';

test.each([
  ['1500ms', 1500],
  ['3s', 3000],
  ['5m', 300_000],
  ['5 min', 300_000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
])('the duration %s is %d ms', (text, ms) => {
  expect(text).toMatch(durationPattern);
  expect(durationMs(text)).toBe(ms);
});

test.each(['0s', '0.0h', '5', 'm', '-5m', '5M', '5 weeks', '1h30m', '1e3s', '.5s', ' 5m', '5m ', '5m\n'])(
  '%j is no duration',
  (text) => expect(text).not.toMatch(durationPattern),
);

test.each([
  ['1Gbit/s', 125_000_000],
  ['2.5 Gbit/s', 312_500_000],
  ['100Mbit/s', 12_500_000],
  ['0.5GiB/s', 536_870_912],
  ['1.1GiB/s', 1_181_116_006],
  ['1GB/s', 1_000_000_000],
  ['20000KiB/s', 20_480_000],
])('the rate %s is %d bytes a second', (text, bytes) => {
  expect(text).toMatch(ratePattern);
  expect(rateBytesPerSecond(text)).toBe(bytes);
});

test.each(['0Gbit/s', '10Gb', '10G', '10gbit/s', '10Gbps', '1000', 'GiB/s', '1,5GiB/s'])(
  '%j is no rate',
  (text) => expect(text).not.toMatch(ratePattern),
);

test.each([
  ['90%', 0.9],
  ['100 %', 1],
  ['87.5%', 0.875],
])('the share %s is %d', (text, share) => {
  expect(text).toMatch(percentPattern);
  expect(shareOfPercent(text)).toBe(share);
});

test.each(['0%', '101%', '100.1%', '90', '-1%', '%'])('%j is no percentage', (text) =>
  expect(text).not.toMatch(percentPattern),
);

test.each([
  ['512MiB', 536_870_912],
  ['1.5 GiB', 1_610_612_736],
  ['2TiB', 2_199_023_255_552],
])('the size %s is %d bytes', (text, bytes) => {
  expect(text).toMatch(sizePattern);
  expect(sizeBytes(text)).toBe(bytes);
});

test.each(['0GiB', '4', '4G', '4GB', '4gib', 'GiB', '1,5GiB'])('%j is no size', (text) =>
  expect(text).not.toMatch(sizePattern),
);
