import { shellWord } from '../../../src/domain/rendering/commands';
import { formatBetween, formatBytes, formatDuration, formatTime } from '../../../src/domain/rendering/sizes';

describe('sizes and times for people', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1536, '1.5 KiB'],
    [8 * 1024 ** 3, '8 GiB'],
    [1024 ** 3 - 1, '1 GiB'],
    [123.4 * 1024 ** 2, '123 MiB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0, '0 s'],
    [0.04, '0.1 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [200, '3 min 20 s'],
    [3599.7, '1 h 00 min'],
    [3900, '1 h 05 min'],
    [86_400, '24 h 00 min'],
    [604_800, '7 d'],
    [605_100, '168 h 05 min'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('says unknown instead of a number for a missing time', () => {
    expect(formatBetween(undefined, '2026-11-25T16:00:00Z')).toBe('unknown');
    expect(formatTime('never')).toBe('never');
  });

  it('quotes a word for the shell only where it is needed', () => {
    expect(shellWord('evacuate-node/lab/pve01')).toBe('evacuate-node/lab/pve01');
    expect(shellWord("it's; rm")).toBe("'it'\\''s; rm'");
  });
});
