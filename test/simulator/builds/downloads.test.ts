import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Machines } from '../qemu/machines';
import { qcow2Image, serving, startWebServer, type WebServer } from './web-server';

const gibibyte = 1024 ** 3;
const image = qcow2Image(3 * gibibyte);
const text = Buffer.from('<html>no image</html>');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const storage = '/nodes/pve01/storage/local';

describe('downloads', () => {
  let machines: Machines;
  let web: WebServer;
  beforeEach(async () => {
    machines = await Machines.start();
    web = await startWebServer(
      serving({ '/cloud.qcow2': image, '/page': text, '/disc.iso': text, '/disc.iso.gz': gzipSync(text) }),
    );
  });
  afterEach(async () => {
    await web.close();
    await machines.simulator.close();
  });

  const download = (form: Record<string, string>): ReturnType<Machines['run']> =>
    machines.run({ path: `${storage}/download-url`, form });
  const wanted = (more: Record<string, string> = {}): Record<string, string> => ({
    url: `${web.url}/cloud.qcow2`,
    filename: 'debian.qcow2',
    content: 'import',
    ...more,
  });
  const checksum = { checksum: sha256(image), 'checksum-algorithm': 'sha256' };
  const imports = (): Promise<unknown> => machines.get(`${storage}/content?content=import`);
  const others = ['local:import/cloud.qcow2'];
  const importIds = async (): Promise<string[]> =>
    (await machines.volumes('local')).filter((volid) => volid.includes('import/') && !others.includes(volid));

  test('put the file on the storage after its checksum was verified', async () => {
    const { exitStatus, log } = await download(wanted(checksum));
    expect(exitStatus).toBe('OK');
    expect(log).toContain('calculating checksum...OK, checksum verified');
    expect(await imports()).toContainEqual(
      expect.objectContaining({ volid: 'local:import/debian.qcow2', format: 'qcow2', size: image.length }),
    );
    expect(web.requests).toEqual(['GET /cloud.qcow2']);
  });

  test('a file that is there is right by its checksum, and else refused', async () => {
    await download(wanted(checksum));
    expect((await download(wanted(checksum))).log.at(-2)).toMatch(/got correct file already/);
    expect(await download(wanted())).toMatchObject({
      exitStatus: "refusing to override existing file '/var/lib/vz/import/debian.qcow2'",
    });
    expect(await download(wanted({ ...checksum, checksum: sha256(text) }))).toMatchObject({
      exitStatus: `checksum mismatch: got '${sha256(image)}' != expect '${sha256(text)}', aborting`,
    });
    expect(web.requests).toHaveLength(1);
  });

  test('a wrong checksum leaves nothing', async () => {
    const { exitStatus } = await download(wanted({ ...checksum, checksum: sha256(text) }));
    expect(exitStatus).toBe(`checksum mismatch: got '${sha256(image)}' != expect '${sha256(text)}'`);
    expect(await importIds()).toEqual([]);
  });

  test('what is no image of the format of its name is refused', async () => {
    const { exitStatus } = await download(wanted({ url: `${web.url}/page` }));
    expect(exitStatus).toMatch(/^failed to verify file: qemu-img: .* Image is not in qcow2 format$/);
    expect(await importIds()).toEqual([]);
  });

  test('a missing file ends with the exit code of wget', async () => {
    const { exitStatus, log } = await download(wanted({ url: `${web.url}/nosuch` }));
    expect(exitStatus).toBe('download failed: exit code 8');
    expect(log).toContain('HTTP request sent, awaiting response... 404 Not Found');
  });

  test('a certificate that nobody signed is refused unless certificates are not verified', async () => {
    const encrypted = await startWebServer(serving({ '/cloud.qcow2': image }), { encrypted: true });
    const url = `${encrypted.url}/cloud.qcow2`;
    const { exitStatus } = await download(wanted({ url }));
    expect(exitStatus).toBe(
      "download failed: To connect to 127.0.0.1 insecurely, use `--no-check-certificate'.",
    );
    expect((await download(wanted({ url, 'verify-certificates': '0' }))).exitStatus).toBe('OK');
    await encrypted.close();
  });

  test('a connection that breaks off every time is given up after twenty tries', async () => {
    const short = await startWebServer((_, response) => {
      response.writeHead(200, { 'Content-Length': image.length });
      response.write(image.subarray(0, 5000), () => response.destroy());
    });
    machines.control.setSpeed(500);
    const { exitStatus, log } = await download(wanted({ url: `${short.url}/cloud.qcow2` }));
    expect(exitStatus).toBe('download failed: exit code 4');
    expect(log.filter((line) => line.includes('Connection closed at byte 5000. Retrying.'))).toHaveLength(20);
    expect(await importIds()).toEqual([]);
    await short.close();
  });

  test('redirections are followed', async () => {
    const pointing = await startWebServer((_, response) => {
      response.writeHead(302, { Location: `${web.url}/cloud.qcow2` }).end();
    });
    const { exitStatus, log } = await download(wanted({ url: pointing.url }));
    expect(exitStatus).toBe('OK');
    expect(log).toContain(`Location: ${web.url}/cloud.qcow2 [following]`);
    await pointing.close();
  });

  test('an archive is unpacked for ISO images: its checksum is that of the archive, and fits no second time', async () => {
    const form = {
      ...{ url: `${web.url}/disc.iso.gz`, filename: 'disc.iso', content: 'iso', compression: 'gz' },
      ...{ checksum: sha256(gzipSync(text)), 'checksum-algorithm': 'sha256' },
    };
    expect((await download(form)).exitStatus).toBe('OK');
    expect(await machines.get(`${storage}/content?content=iso`)).toContainEqual(
      expect.objectContaining({ volid: 'local:iso/disc.iso', size: text.length }),
    );
    expect((await download(form)).exitStatus).toMatch(/^checksum mismatch: got .* aborting$/);
    expect((await download({ ...form, ...wanted({ compression: 'gz' }) })).exitStatus).toBe(
      'decompression not supported for import',
    );
  });

  test('take simulated time, and can be stopped in between without a trace', async () => {
    const url = 'http://mirror.example/slow.qcow2';
    machines.control.setUrl({ url, size: '1G', image: 'qcow2', virtual_size: '10G', rate: '1M' });
    const before = await machines.get(`${storage}/status`);
    const task = await machines.begin({ path: `${storage}/download-url`, form: wanted({ url }) });
    await machines.control.waitFor(
      () => task.lines.some((line) => /^ *0K/.test(line)),
      'the first line of dots',
    );
    expect(await machines.get(`${storage}/status`)).not.toEqual(before);
    expect(await importIds()).toEqual([]);
    await machines.ask({ method: 'DELETE', path: `/nodes/pve01/tasks/${task.upid}` });
    expect(task.exitStatus).toBe('download failed: received interrupt');
    expect(await machines.get(`${storage}/status`)).toEqual(before);
  });

  test('what is larger than the storage fills it, and is gone then', async () => {
    const url = 'http://mirror.example/large.qcow2';
    machines.control.setUrl({ url, size: '60G', image: 'qcow2' });
    const before = await machines.get(`${storage}/status`);
    const { exitStatus } = await download(wanted({ url }));
    expect(exitStatus).toMatch(/^download failed: Cannot write to .* \(No space left on device\)\.$/);
    expect(await machines.get(`${storage}/status`)).toEqual(before);
  });

  test.each([
    ['connection refused', 'download failed: Connecting to mirror.example'],
    ['name not resolved', "download failed: wget: unable to resolve host address 'mirror.example'"],
    ['503 Service Unavailable', 'download failed: exit code 8'],
  ] as const)('a server can be told to answer: %s', async (answer, exitStatus) => {
    const url = 'http://mirror.example/x.qcow2';
    machines.control.setUrl({ url, answer });
    expect((await download(wanted({ url }))).exitStatus).toContain(exitStatus);
  });

  test('a URL is asked for its size, type and name', async () => {
    const path = `/nodes/pve01/query-url-metadata?url=${encodeURIComponent(`${web.url}/cloud.qcow2`)}`;
    expect(await machines.get(path)).toEqual({
      filename: 'cloud.qcow2',
      size: image.length,
      mimetype: 'application/x-image',
    });
    expect(web.requests).toEqual(['HEAD /cloud.qcow2']);
    const missing = encodeURIComponent(`${web.url}/nosuch`);
    expect(await machines.get(`/nodes/pve01/query-url-metadata?url=${missing}`)).toBe(
      "invalid server response: '404 Not Found'",
    );
  });

  test('need the privilege for the network, and storages of files', async () => {
    await machines.put('/access/acl', { path: '/storage', roles: 'PVEDatastoreAdmin', users: 'low@pve' });
    const request = { method: 'POST', path: `${storage}/download-url`, form: wanted() };
    expect(await machines.ask({ ...request, authorization: 'PVEAPIToken=low@pve!test=low' })).toMatch(
      /^Permission check failed/,
    );
    expect(await machines.ask({ ...request, path: '/nodes/pve01/storage/local-lvm/download-url' })).toBe(
      "can't upload to storage type 'lvmthin', not a file based storage!",
    );
  });
});
