import { ApiError } from '../../simulator/http/errors';
import type { RawValue } from '../../simulator/http/parameters';
import { validateParameters } from '../../simulator/http/validate';
import { loadApiSchema } from '../../simulator/schema/load';

const config = 'PUT /nodes/{node}/qemu/{vmid}/config';
const base: Record<string, RawValue> = { node: 'pve01', vmid: '100' };

/** The `errors` map of a refusal; undefined if the parameters pass. */
function errorsOf(
  endpoint: string,
  values: Record<string, RawValue>,
  major: 8 | 9 = 8,
): Readonly<Record<string, string>> | undefined {
  const schema = loadApiSchema(major).get(endpoint);
  if (schema === undefined) throw new Error(`no ${endpoint}`);
  try {
    validateParameters(new Map(Object.entries(values)), schema, { major });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.errors;
    throw error;
  }
}

test.each<[string, Record<string, RawValue>, Record<string, string>]>([
  ['a boolean in words', { onboot: 'true' }, { onboot: "type check ('boolean') failed - got 'true'" }],
  ['a text for a number', { cores: 'abc' }, { cores: "type check ('integer') failed - got 'abc'" }],
  ['too small a number', { cores: '0' }, { cores: 'value must have a minimum value of 1' }],
  [
    'a word that is not in the list',
    { bios: 'foo' },
    { bios: "value 'foo' does not have a value in the enumeration 'seabios, ovmf'" },
  ],
  ['a nested value', { name: { unsupported: 'HASH' } }, { name: "type check ('string') failed - got HASH" }],
  [
    'a bad DNS name',
    { name: 'not valid_name!' },
    { name: 'invalid format - value does not look like a valid DNS name\n' },
  ],
  ['a bad tag', { tags: 'good;bad tag!' }, { tags: 'invalid format - invalid characters in tag\n' }],
  [
    'a property string with an unknown key',
    { net0: 'virtio,bridge=vmbr0,foo=1' },
    {
      net0: 'invalid format - format error\nnet0.foo: property is not defined in schema and the schema does not allow additional properties\n',
    },
  ],
  [
    'a property string with a wrong value',
    { memory: 'lots' },
    { memory: "invalid format - format error\nmemory.current: type check ('integer') failed - got 'lots'\n" },
  ],
  [
    'an index beyond the last one',
    { scsi31: 'local-lvm:1' },
    { scsi31: 'property is not defined in schema and the schema does not allow additional properties' },
  ],
])('%s is refused with the recorded text', (_, values, errors) => {
  expect(errorsOf(config, { ...base, ...values })).toEqual(errors);
});

test('several problems are told at once', () => {
  expect(Object.keys(errorsOf(config, { ...base, cores: '0', bios: 'foo' }) ?? {})).toEqual([
    'cores',
    'bios',
  ]);
});

test('what Proxmox accepts passes', () => {
  const values = {
    net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=on',
    scsi30: 'local-lvm:32,iothread=1',
    delete: 'net1,net2',
    tags: 'a;b,c d',
  };
  expect(errorsOf(config, { ...base, ...values })).toBeUndefined();
});

test('a missing parameter is named', () => {
  expect(errorsOf('POST /nodes/{node}/qemu/{vmid}/migrate', base)).toEqual({
    target: 'property is missing and it is not optional',
  });
});

test('an array is checked item by item', () => {
  const bulk = 'POST /cluster/bulk-action/guest/shutdown';
  expect(errorsOf(bulk, { vms: ['401', 'x'] }, 9)).toEqual({
    'vms[1]': "type check ('integer') failed - got 'x'",
  });
});

test('a privilege of the other version is refused', () => {
  const role = (privs: string, major: 8 | 9): unknown =>
    errorsOf('POST /access/roles', { roleid: 'R', privs }, major);
  expect(role('VM.Audit,VM.Monitor', 8)).toBeUndefined();
  expect(role('VM.Audit,VM.Monitor', 9)).toEqual({
    privs: "invalid format - invalid privilege 'VM.Monitor'\n",
  });
});

test.each([8, 9] as const)('every method of the published schema of version %i can be read', (major) => {
  const schema = loadApiSchema(major);
  expect(schema.endpoints.length).toBeGreaterThan(500);
  for (const endpoint of schema.endpoints) expect(schema.get(endpoint)).toBeDefined();
});
