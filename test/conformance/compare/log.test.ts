import { LearnedIds } from './learned';
import { comparableLog, compareLogs, isProgress } from './log';

const differences = (expected: string[], actual: string[]): string[] =>
  compareLogs(expected, actual, new LearnedIds(), ['log']).map(({ path }) => path);

describe('comparing task logs', () => {
  test('leaves out when a line was written and how long things took', () => {
    expect(
      differences(
        ['2026-11-22 23:08:13 migration finished successfully (duration 00:00:12)', 'TASK OK'],
        ['2026-11-25 01:00:00 migration finished successfully (duration 00:01:02)', 'TASK OK'],
      ),
    ).toEqual([]);
  });

  test('takes any number of progress lines as one, but wants one', () => {
    const progress = (done: string): string => `transferred ${done} MiB of 100.0 MiB (1.00%)`;
    expect(differences([progress('1.0'), progress('2.0'), 'TASK OK'], [progress('7.5'), 'TASK OK'])).toEqual(
      [],
    );
    expect(differences([progress('1.0'), 'TASK OK'], ['TASK OK'])).not.toEqual([]);
  });

  test('keeps the size of what is copied and the name of the drive', () => {
    expect(
      differences(
        ['mirror-scsi0: transferred 1.0 MiB of 2.0 GiB (0.05%) in 1s'],
        ['mirror-scsi0: transferred 1.0 MiB of 1.0 GiB (0.10%) in 1s'],
      ),
    ).toEqual(['log.line 1']);
    expect(comparableLog(['drive-scsi0: transferred 1.0 GiB of 1.0 GiB (100.00%) in 1m 41s, ready'])).toEqual(
      ['drive-scsi0: transferred <size> of 1.0 GiB'],
    );
  });

  test('reduces two drives that report in turn to one line each', () => {
    const line = (drive: string): string => `drive-${drive}: transferred 1.0 MiB of 1.0 GiB (0.10%) in 1s`;
    expect(comparableLog([line('scsi0'), line('scsi1'), line('scsi0'), line('scsi1')])).toHaveLength(2);
  });

  test('does not mind in which order the processes of an offline copy write, but each line must be there', () => {
    const block = ['1+0 records in', '1+0 records out', '4 bytes (4 B, 4 B) copied, 1 s, 4 B/s'];
    const formatting = "Formatting '/x.qcow2', fmt=qcow2";
    const imported = "successfully imported 'local:x'";
    const recorded = ['copying', formatting, ...block, imported, ...block, 'volume'];
    expect(differences(recorded, ['copying', ...block, formatting, ...block, imported, 'volume'])).toEqual(
      [],
    );
    expect(differences(recorded, ['copying', formatting, ...block, ...block, 'volume'])).not.toEqual([]);
    expect(differences(recorded, ['copying', formatting, ...block, imported, 'volume'])).not.toEqual([]);
  });

  test('finds a line that says something else, is missing or too many', () => {
    expect(differences(['a', 'TASK OK'], ['b', 'TASK OK'])).toEqual(['log.line 1']);
    expect(differences(['a', 'TASK OK'], ['TASK OK'])).toEqual(['log.line 1', 'log.line 2']);
    expect(differences(['TASK OK'], ['TASK OK', 'TASK OK'])).toEqual(['log.line 2']);
  });

  test('does not mind in which order the devices of a hash are listed', () => {
    expect(
      differences(
        ["can't migrate VM which uses local devices: hostpci0, usb0"],
        ["can't migrate VM which uses local devices: usb0, hostpci0"],
      ),
    ).toEqual([]);
  });

  test.each([
    'transferred 0.0 B of 528.0 KiB (0.00%)',
    'drive-scsi0: transferred 16.0 MiB of 100.0 MiB (16.00%) in 1m 1s',
    '310382592 bytes (310 MB, 296 MiB) copied, 3 s, 103 MB/s ',
    "trying to acquire cfs lock 'storage-shared' ...",
  ])('knows %p as progress', (line) => {
    expect(isProgress(line)).toBe(true);
  });

  test.each(['TASK OK', 'Formatting x, size=104857600', 'transferred everything'])(
    'knows %p as fixed',
    (line) => {
      expect(isProgress(line)).toBe(false);
    },
  );
});
