import type { ApiCommand } from '../cli/tool';
import { plainText, prettyJson } from '../cli/json';

type Output = NonNullable<ApiCommand['output']>;
type Row = Readonly<Record<string, unknown>>;

function rowsOf(result: unknown): Row[] {
  const isRow = (row: unknown): row is Row => typeof row === 'object' && row !== null;
  return Array.isArray(result) ? result.filter(isRow) : isRow(result) ? [result] : [];
}

/** The table of `qm list`; nothing at all on a node without machines. */
export const machineTable: Output = (result) => {
  const rows = rowsOf(result).sort((one, other) => Number(one['vmid']) - Number(other['vmid']));
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => {
    const [vmid = '', name = '', status = '', memory = '', disk = '', pid = ''] = cells;
    const start = `${vmid.padStart(10)} ${name.padEnd(20)} ${status.padEnd(10)}`;
    return `${start} ${memory.padEnd(10)} ${disk.padStart(12)} ${pid.padEnd(10)}\n`;
  };
  const header = line(['VMID', 'NAME', 'STATUS', 'MEM(MB)', 'BOOTDISK(GB)', 'PID']);
  const lines = rows.map((row) =>
    line([
      plainText(row['vmid']),
      plainText(row['name']),
      plainText(row['qmpstatus'] ?? row['status']),
      String(Number(row['maxmem']) / 1024 ** 2),
      (Number(row['maxdisk']) / 1024 ** 3).toFixed(2),
      plainText(row['pid'] ?? 0),
    ]),
  );
  return header + lines.join('');
};

/** `status: running` */
export const statusLine: Output = (result) => `status: ${plainText(rowsOf(result)[0]?.['status'])}\n`;

/** `key: value` in order, without the digest. */
export const configLines: Output = (result) =>
  Object.entries(rowsOf(result)[0] ?? {})
    .filter(([key]) => key !== 'digest')
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([key, value]) => `${key}: ${key === 'description' ? encodeURI(plainText(value)) : plainText(value)}\n`,
    )
    .join('');

/** `cur key: v`, `new key: v`, `del key: v` */
export const pendingLines: Output = (result) =>
  rowsOf(result)
    .filter(({ key }) => key !== 'digest')
    .map(({ key, value, pending, delete: deleted }) => {
      const current =
        value === undefined
          ? []
          : [`${deleted === 1 ? 'del' : 'cur'} ${plainText(key)}: ${plainText(value)}\n`];
      return [
        ...current,
        ...(pending === undefined ? [] : [`new ${plainText(key)}: ${plainText(pending)}\n`]),
      ].join('');
    })
    .join('');

/** A line a snapshot, deeper by one at each level, the machine itself last. */
export const snapshotTree: Output = (result) => {
  const rows = rowsOf(result);
  const lines: string[] = [];
  const visit = (parent: unknown, depth: number): void => {
    for (const row of rows.filter((one) => one['parent'] === parent)) {
      const name = plainText(row['name']);
      const time = row['snaptime'] === undefined ? '' : shownTime(Number(row['snaptime']));
      const prefix = `${'  '.repeat(depth)}\`->`;
      const description = plainText(row['description']).split('\n')[0] ?? '';
      const start = `${prefix} ${name.padEnd(30 - prefix.length)} ${time.padEnd(23)}`;
      lines.push(`${start} ${description === '' ? 'no-description' : description}\n`);
      if (name !== 'current') visit(name, depth + 1);
    }
  };
  visit(undefined, 0);
  return lines.join('');
};

function shownTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/** What a guest's agent has answered. */
export const jsonResult: Output = (result) => `${prettyJson(rowsOf(result)[0]?.['result'] ?? result)}\n`;
