import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';

import { Secret } from '../../src/domain/secret';
import { failureOf, hostOf, makeHome, useCleanUp } from './support/home';

const onEnd = useCleanUp();

describe.each([
  ['over SFTP', true],
  ['where SFTP is off', false],
])('files %s', (_name, sftp) => {
  async function start(options: Parameters<ReturnType<typeof makeHome>['server']>[0] = {}) {
    const home = makeHome(onEnd);
    mkdirSync(home.file("it's here"));
    const server = await home.server({ sftp, ...options });
    const ssh = home.ssh();
    return {
      files: ssh.files,
      host: hostOf(server),
      path: home.file("it's here/a file"),
      folder: home.file("it's here"),
      server,
    };
  }

  const binary = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));

  test('are written whole with their mode, in the place of older ones, and nothing else is left', async () => {
    const { files, host, path, folder } = await start();
    writeFileSync(path, 'old', { mode: 0o644 });
    await files.write(host, path, binary, { mode: 0o640 });
    expect(readFileSync(path).equals(binary)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['a file']);
  });

  test('are written again by the next attempt, which takes away what a cut one has left of them', async () => {
    const { files, host, path, folder } = await start();
    const left = (attempt: number) => {
      const digits = createHash('sha256').update(`a writer#${attempt}`).digest('hex').slice(0, 12);
      return `${folder}/.a file.pxm-${digits}`;
    };
    for (const attempt of [1, 2]) writeFileSync(left(attempt), 'half', { mode: 0o644 });
    await files.write(host, path, 'whole', { mode: 0o600, writer: { id: 'a writer', attempt: 3 } });
    expect(readdirSync(folder)).toEqual(['a file']);
    expect(readFileSync(path, 'utf8')).toBe('whole');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('can belong to whom they should', async () => {
    const { files, host, path } = await start();
    const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    await files.write(host, path, 'x', { mode: 0o600, owner: { uid, gid } });
    expect(statSync(path)).toMatchObject({ uid, gid });
  });

  test('can be empty', async () => {
    const { files, host, path } = await start();
    await files.write(host, path, '', { mode: 0o600 });
    expect(await files.read(host, path)).toEqual(Buffer.alloc(0));
  });

  test('are read byte by byte, up to the limit', async () => {
    const { files, host, path } = await start();
    writeFileSync(path, binary);
    expect((await files.read(host, path))?.equals(binary)).toBe(true);
    expect(await files.read(host, path, { maximumBytes: binary.length })).toHaveLength(binary.length);
    const error = await failureOf(files.read(host, path, { maximumBytes: binary.length - 1 }));
    expect(error.code).toBe('CommandFailed');
    expect(error.problem.failed).toContain('larger than 299999 bytes');
  });

  test('that are not there read as undefined', async () => {
    const { files, host, path } = await start();
    expect(await files.read(host, path)).toBeUndefined();
    expect(await files.checksum(host, path)).toBeUndefined();
  });

  test('are not taken for missing because something else is', async () => {
    const complaint = 'bash: line 1: /dev/null: No such file or directory';
    const { files, host, path } = await start({ onCommand: () => ({ complaint }) });
    const error = await failureOf(files.checksum(host, path));
    expect(error.problem.proxmoxSaid).toBe(complaint);
  });

  test('have a checksum', async () => {
    const { files, host, path } = await start();
    writeFileSync(path, binary);
    expect(await files.checksum(host, path)).toBe(createHash('sha256').update(binary).digest('hex'));
  });

  test('are removed, once or twice', async () => {
    const { files, host, path, folder } = await start();
    writeFileSync(path, 'x');
    await files.remove(host, path);
    await files.remove(host, path);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('can not be written into a folder that is missing, and the host says why', async () => {
    const { files, host, path } = await start();
    const error = await failureOf(files.write(host, `${path}/x/y`, 'x', { mode: 0o600 }));
    expect(error.code).toBe('CommandFailed');
    expect(error.problem.proxmoxSaid).toMatch(/no such file|nonexistent/i);
  });

  test('do not become part of a folder of the same name, and the other name is removed', async () => {
    const { files, host, folder, path } = await start();
    mkdirSync(path);
    const error = await failureOf(files.write(host, path, 'x', { mode: 0o600 }));
    expect(error.code).toBe('CommandFailed');
    expect(readdirSync(folder)).toEqual(['a file']);
    expect(readdirSync(path)).toEqual([]);
  });

  test('may be secret: no command, no error and no result shows them', async () => {
    const { files, host, path, server } = await start();
    await files.write(host, path, new Secret('s3cr3t content'), { mode: 0o600 });
    expect(readFileSync(path, 'utf8')).toBe('s3cr3t content');
    const error = await failureOf(
      files.write(host, `${path}/x`, new Secret('s3cr3t content'), { mode: 0o600 }),
    );
    expect(inspect([error, server.commands()], { depth: 20, showHidden: true })).not.toContain('s3cr3t');
  });

  test('are not touched at paths that are not absolute', async () => {
    const { files, host } = await start();
    expect((await failureOf(files.remove(host, 'x'))).code).toBe('Internal');
  });

  test('that were being transferred when the connection was cut may be tried again', async () => {
    const cuts: (() => void)[] = [];
    const { files, host, path, server } = await start({
      onCommand: (command) => {
        if (!command.startsWith('cat') && !command.startsWith('mv')) return 'run';
        cuts.forEach((cut) => cut());
        return 'ignore';
      },
    });
    cuts.push(() => server.cut());
    const error = await failureOf(files.write(host, path, 'x', { mode: 0o600 }));
    expect(error.code).toBe('SshUnreachable');
    expect(error.retryable).toBe(true);
  });
});
