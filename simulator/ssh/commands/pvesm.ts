import { plainText } from '../cli/json';
import { fail } from '../../http/errors';
import { storageOfId } from '../../storage/storage-access';
import { storageOf } from '../../cluster/volumes';
import { volumePath } from '../../storage/volume-names';
import { textOf, toolProgram, type ApiCommand, type Tool } from '../cli/tool';
import { readUsage } from '../cli/usage';

type Output = NonNullable<ApiCommand['output']>;
type Row = Readonly<Record<string, unknown>>;

/** The commands that are simulated; `pvesm`'s own list was not recorded. */
const usage = readUsage(
  'pvesm',
  `
add <type> <storage> [OPTIONS] [FORMAT_OPTIONS]
remove <storage>
set <storage> [OPTIONS] [FORMAT_OPTIONS]

alloc <storage> <vmid> <filename> <size> [OPTIONS]
free <volume> [OPTIONS]
list <storage> [OPTIONS]
path <volume>
status  [OPTIONS]
`,
);

const pvesm: Tool = {
  usage,
  aliases: {},
  commands: {
    status: { endpoint: 'GET /nodes/{node}/storage', output: storageTable },
    list: { endpoint: 'GET /nodes/{node}/storage/{storage}/content', output: volumeTable },
    alloc: {
      endpoint: 'POST /nodes/{node}/storage/{storage}/content',
      output: (volid) => `successfully created '${plainText(volid)}'\n`,
    },
    free: {
      endpoint: 'DELETE /nodes/{node}/storage/{storage}/content/{volume}',
      prepare: (values) => values.set('storage', storageOf(textOf(values.get('volume')))),
    },
    path: {
      options: {},
      run: ({ cluster, node, out }, values) => {
        const volid = textOf(values.get('volume'));
        const storage = storageOfId(cluster, storageOf(volid));
        if (!volid.includes(':')) fail(`unable to parse volume ID '${volid}'`);
        const known = cluster.volumes.find(volid, node.name)?.volid ?? volid;
        out(`${volumePath(storage, known)}\n`);
        return 0;
      },
    },
    add: { endpoint: 'POST /storage' },
    set: { endpoint: 'PUT /storage/{storage}' },
    remove: { endpoint: 'DELETE /storage/{storage}' },
  },
};

/** `pvesm`: the storages as this node sees them (behaviour.md 11.4). */
export const pvesmProgram = toolProgram(pvesm);

function rowsOf(result: unknown): Row[] {
  const isRow = (row: unknown): row is Row => typeof row === 'object' && row !== null;
  return Array.isArray(result) ? result.filter(isRow) : [];
}

/** Sizes in KiB, storages by name. */
function storageTable(...[result]: Parameters<Output>): string {
  const rows = rowsOf(result).sort((one, other) =>
    plainText(one['storage']) < plainText(other['storage']) ? -1 : 1,
  );
  const width = Math.max(...rows.map((row) => plainText(row['storage']).length)) + 1;
  const line = (cells: readonly string[]): string => {
    const [name = '', type = '', status = '', total = '', used = '', available = '', share = ''] = cells;
    const sizes = [total, used, available].map((size) => size.padStart(15)).join(' ');
    return `${name.padEnd(width)} ${type.padStart(10)} ${status.padStart(10)} ${sizes} ${share.padStart(8)}\n`;
  };
  const kibibytes = (row: Row, key: string): number => Math.floor(Number(row[key]) / 1024);
  const lines = rows.map((row) => {
    const total = kibibytes(row, 'total');
    const share = total === 0 ? 0 : (100 * kibibytes(row, 'used')) / total;
    const status = row['enabled'] !== 1 ? 'disabled' : row['active'] === 1 ? 'active' : 'inactive';
    const sizes = ['total', 'used', 'avail'].map((key) => String(kibibytes(row, key)));
    return line([
      plainText(row['storage']),
      plainText(row['type']),
      status,
      ...sizes,
      status === 'disabled' ? 'N/A' : `${share.toFixed(2)}%`,
    ]);
  });
  return line(['Name', 'Type', 'Status', 'Total', 'Used', 'Available', '%']) + lines.join('');
}

function volumeTable(...[result]: Parameters<Output>): string {
  const rows = rowsOf(result);
  const width = Math.max(0, ...rows.map((row) => plainText(row['volid']).length));
  const line = (cells: readonly string[]): string => {
    const [volid = '', format = '', type = '', size = '', vmid] = cells;
    const start = `${volid.padEnd(width)} ${format.padEnd(7)} ${type.padEnd(9)} ${size.padStart(10)}`;
    return vmid === undefined ? `${start}\n` : `${start} ${vmid}\n`;
  };
  const lines = rows.map((row) =>
    line([
      plainText(row['volid']),
      plainText(row['format']),
      plainText(row['content']),
      plainText(row['size']),
      ...(row['vmid'] === undefined ? [] : [plainText(row['vmid'])]),
    ]),
  );
  return line(['Volid', 'Format', 'Type', 'Size', 'VMID']) + lines.join('');
}
