import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { z } from 'zod';

import { classifyExitStatus, exitStatusOfLine, succeeded } from '../../src/proxmox/tasks/exitStatus';
import {
  addLine,
  copiedBytesOf,
  createProgressDetector,
  emptyMigrationLog,
} from '../../src/proxmox/tasks/migrationLog';
import { createSpeedMeter, viewCopy } from '../../src/proxmox/tasks/prediction';

const mib = 2 ** 20;

function logOf(...lines: readonly string[]) {
  const log = emptyMigrationLog();
  for (const line of lines) addLine(log, line);
  return log;
}

const at = (text: string) => `2026-08-20 10:11:12 ${text}`;

describe('exit status', () => {
  test.each([
    ['OK', 'ok', true],
    ['WARNINGS: 2', 'warnings', true],
    ['migration aborted', 'aborted', false],
    ['migration problems', 'problems', false],
    ['unexpected status', 'unexpectedStatus', false],
    ['interrupted by signal', 'error', false],
    ['', 'error', false],
  ])("'%s' is %s", (text, kind, isSuccess) => {
    const exit = classifyExitStatus(text);
    expect(exit).toMatchObject({ kind, text });
    expect(succeeded(exit)).toBe(isSuccess);
  });

  test('is told by the last line of the log, and by no other line', () => {
    expect(exitStatusOfLine('TASK OK')?.kind).toBe('ok');
    expect(exitStatusOfLine('TASK WARNINGS: 1')).toMatchObject({ kind: 'warnings', warnings: 1 });
    expect(exitStatusOfLine('TASK ERROR: migration problems')?.kind).toBe('problems');
    expect(exitStatusOfLine('TASK ERROR: ')?.kind).toBe('error');
    expect(exitStatusOfLine(at('migration status: completed'))).toBeUndefined();
  });
});

const noPlan = { ramBytes: 0, diskBytes: 0, setupSeconds: 1 };

describe('progress of a copy', () => {
  test('of memory', () => {
    const log = logOf(at('migration active, transferred 112.5 MiB of 2.0 GiB VM-state, 113.0 MiB/s'));
    expect(log.ram).toEqual({ copiedBytes: 112.5 * mib, totalBytes: 2048 * mib });
    expect(log.copyDone).toBe(false);
  });

  test.each(['drive', 'mirror'])('of disks that are mirrored (%s- in the log)', (prefix) => {
    const log = logOf(
      `${prefix}-scsi0: transferred 16.0 MiB of 1.0 GiB (1.56%) in 0s`,
      `${prefix}-scsi1: transferred 1.0 GiB of 1.0 GiB (100.00%) in 1m 1s, ready`,
      `${prefix}-scsi0: transferred 32.0 MiB of 1.0 GiB (3.12%) in 2s`,
    );
    expect(copiedBytesOf(log)).toBe((1024 + 32) * mib);
  });

  test('of volumes that are copied one after the other', () => {
    const log = logOf(
      at('310382592 bytes (310 MB, 296 MiB) copied, 3 s, 103 MB/s '),
      at('1073741824 bytes (1.1 GB, 1.0 GiB) copied, 10 s, 103 MB/s'),
      at("volume 'local-lvm:a' is 'local-lvm:a' on the target"),
      at('540672 bytes (541 kB, 528 KiB) copied, 0.0255569 s, 21.2 MB/s'),
    );
    expect(copiedBytesOf(log)).toBe(1_073_741_824 + 540_672);
  });

  test('of the disks of a clone or an import, one after the other (recording b5)', () => {
    const log = logOf(
      'transferred 0.0 B of 100.0 MiB (0.00%)',
      'transferred 88.0 MiB of 100.0 MiB (88.00%)',
      'transferred 100.0 MiB of 100.0 MiB (100.00%)',
      'transferred 100.0 MiB of 100.0 MiB (100.00%)',
      'transferred 0.0 B of 1.0 GiB (0.00%)',
      'transferred 512.0 MiB of 1.0 GiB (50.00%)',
    );
    expect(viewCopy(log, noPlan)).toEqual({
      copiedBytes: 612 * mib,
      totalBytes: 1124 * mib,
      remainingBytes: 512 * mib,
    });
  });

  test('of a download (recording f1), anew where it is tried again', () => {
    const log = logOf(
      'HTTP request sent, awaiting response... 200 OK',
      'Length: 62914560 (60M) [application/octet-stream]',
      "Saving to: '/var/lib/vz/import/x.qcow2.tmp_dwnl.4665'",
      '     0K ........ ........ ........ ........  53%  567M=0.05s',
    );
    expect(viewCopy(log, noPlan)).toMatchObject({ copiedBytes: 32 * mib, totalBytes: 60 * mib });
    addLine(log, ' 32768K ........ ........ ........ ....    100%  567M=0.1s');
    expect(viewCopy(log, noPlan)).toMatchObject({ copiedBytes: 60 * mib, remainingBytes: 0 });
    addLine(log, 'Length: 62914560 (60M) [application/octet-stream]');
    expect(viewCopy(log, noPlan)).toMatchObject({ copiedBytes: 0, totalBytes: 60 * mib });
  });

  test('of a download of unknown length shows the bytes that have come', () => {
    const log = logOf('Length: unspecified [text/plain]', '     0K ........ ........            567M');
    expect(viewCopy(log, noPlan)).toMatchObject({ copiedBytes: 16 * mib, totalBytes: 16 * mib });
  });

  test('ends with the downtime and the last bytes', () => {
    const log = logOf(
      at('migration active, transferred 1.0 GiB of 2.0 GiB VM-state, 113.0 MiB/s'),
      at('average migration speed: 1.0 GiB/s - downtime 45 ms'),
      at('migration completed, transferred 2.0 GiB VM-state'),
      at('migration status: completed'),
    );
    expect(log).toMatchObject({ downtimeMs: 45, copyDone: true });
    expect(copiedBytesOf(log)).toBe(2048 * mib);
  });

  test('keeps the last lines for reports', () => {
    const log = logOf(...Array.from({ length: 50 }, (_none, index) => `line ${index}`));
    expect(log.tail.at(-1)).toBe('line 49');
    expect(log.tail).toHaveLength(20);
  });
});

describe('repeated lines are no progress', () => {
  test.each([
    [
      'memory',
      at('migration active, transferred 1.0 GiB of 2.0 GiB VM-state, 5.0 MiB/s'),
      '2026-08-20 10:11:13 migration active, transferred 1.0 GiB of 2.0 GiB VM-state, 0.0 B/s',
      '2026-08-20 10:11:13 migration active, transferred 1.1 GiB of 2.0 GiB VM-state, 0.0 B/s',
    ],
    [
      'disk',
      'drive-scsi0: transferred 16.0 MiB of 100.0 MiB (16.00%) in 1m',
      'drive-scsi0: transferred 16.0 MiB of 100.0 MiB (16.00%) in 1m 1s',
      'drive-scsi0: transferred 17.0 MiB of 100.0 MiB (17.00%) in 1m 2s',
    ],
    [
      'volume',
      at('310382592 bytes (310 MB, 296 MiB) copied, 3 s, 103 MB/s'),
      at('310382592 bytes (310 MB, 296 MiB) copied, 4 s, 77 MB/s'),
      at('310382593 bytes (310 MB, 296 MiB) copied, 4 s, 77 MB/s'),
    ],
  ])('of %s', (_title, first, same, more) => {
    const isProgress = createProgressDetector();
    expect([first, same, more, more].map(isProgress)).toEqual([true, false, true, false]);
  });

  test('also where two kinds of lines take turns', () => {
    const isProgress = createProgressDetector();
    const lines = [
      at('migration active, transferred 1.0 GiB of 2.0 GiB VM-state, 5.0 MiB/s'),
      at('xbzrle: send updates to 7 pages in 2.0 KiB encoded memory'),
    ];
    expect([...lines, ...lines].map(isProgress)).toEqual([true, true, false, false]);
  });
});

describe('prediction', () => {
  const plan = { ramBytes: 2048 * mib, diskBytes: 1024 * mib, setupSeconds: 3 };

  test('counts the disks first, then the memory', () => {
    const disks = logOf('drive-scsi0: transferred 256.0 MiB of 1.0 GiB (25.00%) in 1s');
    expect(viewCopy(disks, plan)).toMatchObject({
      remainingBytes: (768 + 2048) * mib,
      totalBytes: 3072 * mib,
    });
    addLine(disks, at('migration active, transferred 1.0 GiB of 2.0 GiB VM-state, 5.0 MiB/s'));
    expect(viewCopy(disks, plan).remainingBytes).toBe(1024 * mib);
  });

  test('says nothing while the guest changes its memory too fast', () => {
    const log = logOf(
      at(
        'migration active, transferred 3.0 GiB of 2.0 GiB VM-state, 5.0 MiB/s, VM dirties lots of memory: 9.0 MiB/s',
      ),
    );
    expect(viewCopy(log, plan).remainingBytes).toBeUndefined();
  });

  test('measures the speed between samples, not from the first line on', () => {
    const speed = createSpeedMeter();
    speed.add({ atMs: 1_000, copiedBytes: 500 });
    expect(speed.recent()).toBeUndefined();
    speed.add({ atMs: 3_000, copiedBytes: 700 });
    expect(speed.recent()).toBe(100);
  });
});

describe('recorded migrations', () => {
  const exchanges = z.array(
    z.looseObject({
      title: z.string().optional(),
      request: z.looseObject({ path: z.string() }).optional().catch(undefined),
      response: z.looseObject({ body: z.unknown() }).optional().catch(undefined),
    }),
  );
  const logBody = z.looseObject({ data: z.array(z.object({ n: z.number(), t: z.string() })) });
  const root = path.join(__dirname, '../conformance');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /recordings[^/]*\/.*d[1-4][^/]*\.json$/.test(name),
  );
  const logs = files.flatMap((file) =>
    exchanges
      .parse(JSON.parse(readFileSync(path.join(root, file), 'utf8')))
      .flatMap(({ request, response }) => {
        const body = logBody.safeParse(response?.body);
        const isMigration = /qmigrate.*\/log/.test(request?.path ?? '');
        return isMigration && body.success ? [{ file, lines: body.data.data.map(({ t }) => t) }] : [];
      }),
  );

  test('are there for both versions', () => {
    expect(new Set(logs.map(({ file }) => file.includes('-9'))).size).toBe(2);
  });

  test('that ended OK show an end of the copy if they were live, and never copied backwards', () => {
    for (const { lines } of logs) {
      const log = emptyMigrationLog();
      let before = 0;
      for (const line of lines) {
        addLine(log, line);
        expect(copiedBytesOf(log)).toBeGreaterThanOrEqual(before);
        before = copiedBytesOf(log);
      }
      const isLive = lines.some((line) => line.includes('starting online/live migration'));
      if (log.exit?.kind === 'ok' && isLive) expect(log).toMatchObject({ copyDone: true });
    }
  });
});
