import { createHash } from 'node:crypto';
import type { RawAnswer } from '../client';
import { send } from '../client';
import { Machines } from '../qemu/machines';

const bytes = 'x'.repeat(3000);
const sha256 = createHash('sha256').update(bytes).digest('hex');

function form(
  fields: Readonly<Record<string, string>>,
  filename: string,
): { body: string; headers: Record<string, string> } {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--frontier\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `--frontier\r\nContent-Disposition: form-data; name="filename"; filename="${filename}"\r\n\r\n${bytes}\r\n`;
  return {
    body: `${parts.join('')}${file}--frontier--\r\n`,
    headers: { 'Content-Type': 'multipart/form-data; boundary=frontier' },
  };
}

describe('uploads', () => {
  let machines: Machines;
  beforeEach(async () => {
    machines = await Machines.start();
  });
  afterEach(() => machines.simulator.close());

  const path = '/nodes/pve01/storage/local/upload';
  const upload = (fields: Record<string, string>, filename: string): Promise<RawAnswer> =>
    send(machines.simulator, { method: 'POST', path, ...form(fields, filename) });

  test('put the file on the storage, over one that is there', async () => {
    for (let times = 0; times < 2; times += 1) {
      const { exitStatus, log } = await machines.run({ path, ...form({ content: 'iso' }, 'own.iso') });
      expect(exitStatus).toBe('OK');
      expect(log).toContain('file size is: 3000');
    }
    expect(await machines.get('/nodes/pve01/storage/local/content?content=iso')).toContainEqual(
      expect.objectContaining({ volid: 'local:iso/own.iso', size: 3000 }),
    );
  });

  test('verify a checksum', async () => {
    const right = { content: 'iso', 'checksum-algorithm': 'sha256', checksum: sha256 };
    expect((await machines.run({ path, ...form(right, 'own.iso') })).exitStatus).toBe('OK');
    const wrong = { ...right, checksum: '0'.repeat(64) };
    expect((await machines.run({ path, ...form(wrong, 'other.iso') })).exitStatus).toBe(
      `checksum mismatch: got '${sha256}' != expect '${'0'.repeat(64)}'`,
    );
    expect(await machines.volumes('local')).not.toContain('local:iso/other.iso');
  });

  test('refuse images of another format than their name says', async () => {
    const { exitStatus } = await machines.run({ path, ...form({ content: 'import' }, 'own.qcow2') });
    expect(exitStatus).toMatch(/Image is not in qcow2 format$/);
    expect(await machines.volumes('local')).not.toContain('local:import/own.qcow2');
  });

  test('take fields in one order only, and known extensions', async () => {
    const answer = await upload({ checksum: sha256, content: 'iso' }, 'own.iso');
    expect([answer.status, answer.reason, answer.text]).toEqual([400, 'Bad Request', '']);
    expect(await machines.errorsOf({ method: 'POST', path, ...form({ content: 'iso' }, 'own.txt') })).toEqual(
      {
        filename: 'wrong file extension',
      },
    );
  });

  test('what does not fit leaves nothing', async () => {
    machines.control.fillStorage('local', 'pve01', 1000);
    const { exitStatus } = await machines.run({ path, ...form({ content: 'iso' }, 'own.iso') });
    expect(exitStatus).toBe(
      "import failed: cp: error writing '/var/lib/vz/template/iso/own.iso': No space left on device",
    );
    expect(await machines.volumes('local')).not.toContain('local:iso/own.iso');
  });
});
