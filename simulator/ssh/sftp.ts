import { utils, type Attributes, type SFTPWrapper } from 'ssh2';
import { FileError, type FileErrorCode } from './files/file-error';
import type { Client, SessionOptions } from './session';
import { announceExtensions, textsOf } from './sftp-extensions';

const { STATUS_CODE, OPEN_MODE } = utils.sftp;

/** What SFTP makes of what the kernel says. */
const statusOf: Readonly<Partial<Record<FileErrorCode, number>>> = {
  ENOENT: STATUS_CODE.NO_SUCH_FILE,
  ENOTDIR: STATUS_CODE.NO_SUCH_FILE,
  EACCES: STATUS_CODE.PERMISSION_DENIED,
  EPERM: STATUS_CODE.PERMISSION_DENIED,
};

interface OpenFile {
  readonly path: string;
  readonly canWrite: boolean;
  readonly appends: boolean;
  listed: boolean;
}

/** The operations of the SFTP subsystem, version 3, on the node's files; each passes the gate as a command does. */
export function serveSftp(sftp: SFTPWrapper, client: Client, options: SessionOptions): void {
  announceExtensions(sftp);
  const { files } = options;
  const open = new Map<string, OpenFile>();
  let nextHandle = 0;
  const serve = operations(sftp, client, options);
  const change = (id: number, argv: readonly string[], act: () => void, dataBytes = 0): void =>
    serve(
      id,
      argv,
      () => {
        act();
        return () => sftp.status(id, STATUS_CODE.OK);
      },
      dataBytes,
    );
  const fileOf = (handle: Buffer): OpenFile => {
    const file = open.get(handle.toString('hex'));
    if (file === undefined) throw new FileError('ENOENT');
    return file;
  };
  const register = (file: Omit<OpenFile, 'listed'>): Buffer => {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(nextHandle++);
    open.set(handle.toString('hex'), { ...file, listed: false });
    return handle;
  };

  sftp.on('OPEN', (id: number, path: string, flags: number, attributes: Attributes) => {
    const canWrite = (flags & OPEN_MODE.WRITE) !== 0;
    serve(id, ['open', path, canWrite ? 'w' : 'r'], () => {
      openFile(files, path, flags, attributes);
      const appends = (flags & OPEN_MODE.APPEND) !== 0;
      const handle = register({ path, canWrite, appends });
      return () => sftp.handle(id, handle);
    });
  });
  sftp.on('READ', (id: number, handle: Buffer, offset: number, length: number) => {
    serve(id, ['read', open.get(handle.toString('hex'))?.path ?? ''], () => {
      const content = files.read(fileOf(handle).path).subarray(offset, offset + length);
      return () => (content.length === 0 ? sftp.status(id, STATUS_CODE.EOF) : sftp.data(id, content));
    });
  });
  sftp.on('WRITE', (id: number, handle: Buffer, offset: number, data: Buffer) => {
    change(
      id,
      ['write', open.get(handle.toString('hex'))?.path ?? ''],
      () => {
        const { path, canWrite, appends } = fileOf(handle);
        if (!canWrite) throw new FileError('EACCES');
        const old = files.read(path);
        const at = appends ? old.length : offset;
        const content = Buffer.alloc(Math.max(old.length, at + data.length));
        old.copy(content);
        data.copy(content, at);
        files.write(path, content, 0o666);
      },
      data.length,
    );
  });
  sftp.on('CLOSE', (id: number, handle: Buffer) => {
    open.delete(handle.toString('hex'));
    sftp.status(id, STATUS_CODE.OK);
  });
  for (const name of ['STAT', 'LSTAT'] as const) {
    sftp.on(name, (id: number, path: string) =>
      serve(id, ['stat', path], () => {
        const attributes = attributesOf(files, path);
        return () => sftp.attrs(id, attributes);
      }),
    );
  }
  sftp.on('FSTAT', (id: number, handle: Buffer) =>
    serve(id, ['stat', open.get(handle.toString('hex'))?.path ?? ''], () => {
      const attributes = attributesOf(files, fileOf(handle).path);
      return () => sftp.attrs(id, attributes);
    }),
  );
  sftp.on('SETSTAT', (id: number, path: string, attributes: Attributes) =>
    change(id, ['setstat', path], () => setAttributes(files, path, attributes)),
  );
  sftp.on('FSETSTAT', (id: number, handle: Buffer, attributes: Attributes) =>
    change(id, ['setstat', open.get(handle.toString('hex'))?.path ?? ''], () =>
      setAttributes(files, fileOf(handle).path, attributes),
    ),
  );
  sftp.on('OPENDIR', (id: number, path: string) =>
    serve(id, ['opendir', path], () => {
      files.list(path);
      const handle = register({ path, canWrite: false, appends: false });
      return () => sftp.handle(id, handle);
    }),
  );
  sftp.on('READDIR', (id: number, handle: Buffer) =>
    serve(id, ['readdir', open.get(handle.toString('hex'))?.path ?? ''], () => {
      const file = fileOf(handle);
      if (file.listed) return () => sftp.status(id, STATUS_CODE.EOF);
      file.listed = true;
      const names = files.list(file.path).map((filename) => {
        const attrs = attributesOf(files, `${file.path}/${filename}`);
        return { filename, longname: filename, attrs };
      });
      return () => (names.length === 0 ? sftp.status(id, STATUS_CODE.EOF) : sftp.name(id, names));
    }),
  );
  sftp.on('REMOVE', (id: number, path: string) => change(id, ['remove', path], () => files.remove(path)));
  sftp.on('MKDIR', (id: number, path: string, attributes: Attributes) =>
    change(id, ['mkdir', path], () => files.makeDirectory(path, permissionsOf(attributes) ?? 0o755)),
  );
  sftp.on('RMDIR', (id: number, path: string) =>
    change(id, ['rmdir', path], () => files.removeDirectory(path)),
  );
  // As sshd's: refuses to replace a file.
  sftp.on('RENAME', (id: number, from: string, to: string) =>
    change(id, ['rename', from, to], () => {
      if (files.exists(to)) throw new FileError('EEXIST');
      files.rename(from, to);
    }),
  );
  sftp.on('EXTENDED', (id: number, name: string, data: Buffer) => {
    if (name === 'posix-rename@openssh.com') {
      const [from = '', to = ''] = textsOf(data, 2);
      change(id, ['posix-rename', from, to], () => files.rename(from, to));
    } else if (name === 'fsync@openssh.com') sftp.status(id, STATUS_CODE.OK);
    else sftp.status(id, STATUS_CODE.OP_UNSUPPORTED);
  });
  sftp.on('REALPATH', (id: number, path: string) => {
    const filename = files.resolve(path);
    sftp.name(id, [{ filename, longname: filename, attrs: emptyAttributes }]);
  });
}

type Reply = () => unknown;

/** Runs an operation between its two moments; it gives how to answer. */
function operations(sftp: SFTPWrapper, client: Client, { node, gate }: SessionOptions) {
  return (id: number, argv: readonly string[], act: () => Reply, dataBytes = 0): void => {
    const command = gate.receive({
      node: node.name,
      user: client.user,
      client: client.identity,
      kind: 'sftp',
      line: argv.join(' '),
      argv,
    });
    command.stdinBytes = dataBytes;
    const run = async (): Promise<void> => {
      const before = await gate.pass(command, 'before handling');
      if (before.kind === 'drop') {
        client.breakConnection();
        return;
      }
      let reply: Reply = () => sftp.status(id, STATUS_CODE.OK);
      let exitCode: number = STATUS_CODE.OK;
      const refuse = (code: number, text: string): void => {
        exitCode = code;
        reply = () => sftp.status(id, code, text);
      };
      try {
        if (before.kind === 'answer') refuse(before.exitCode, before.stderr);
        else reply = act();
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        refuse(statusOf[error.code] ?? STATUS_CODE.FAILURE, error.message);
      }
      const after = await gate.pass(command, 'before answering');
      if (after.kind === 'drop') {
        client.breakConnection();
        return;
      }
      if (after.kind === 'answer') refuse(after.exitCode, after.stderr);
      gate.ended(command, { exitCode });
      reply();
    };
    run().catch((error: unknown) => {
      process.stderr.write(`simulator: ${node.name}: sftp ${argv.join(' ')}: ${String(error)}\n`);
      client.breakConnection();
    });
  };
}

function openFile(files: SessionOptions['files'], path: string, flags: number, attributes: Attributes): void {
  const exists = files.exists(path);
  if (exists && files.stat(path).kind === 'directory') throw new FileError('EISDIR');
  const creates = (flags & OPEN_MODE.CREAT) !== 0;
  if (exists && creates && (flags & OPEN_MODE.EXCL) !== 0) throw new FileError('EEXIST');
  if (!exists && !creates) throw new FileError('ENOENT');
  const empties = !exists || (flags & OPEN_MODE.TRUNC) !== 0;
  if (empties) files.write(path, Buffer.alloc(0), (permissionsOf(attributes) ?? 0o666) & ~0o022);
}

const emptyAttributes: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

function attributesOf(files: SessionOptions['files'], path: string): Attributes {
  const { kind, mode, owner, group, sizeBytes, modifiedAt } = files.stat(path);
  const type = kind === 'file' ? 0o100000 : 0o040000;
  return { mode: type | mode, uid: owner, gid: group, size: sizeBytes, atime: modifiedAt, mtime: modifiedAt };
}

/** Attributes as they were sent: only what the client set is there, whatever the type says. */
function permissionsOf(attributes: Partial<Attributes>): number | undefined {
  return attributes.mode === undefined ? undefined : attributes.mode & 0o7777;
}

function setAttributes(files: SessionOptions['files'], path: string, sent: Partial<Attributes>): void {
  const mode = permissionsOf(sent);
  const { uid, gid, mtime, size } = sent;
  if (size !== undefined) files.write(path, files.read(path).subarray(0, size), 0o666);
  files.change(path, {
    ...(mode === undefined ? {} : { mode }),
    ...(uid === undefined ? {} : { owner: uid }),
    ...(gid === undefined ? {} : { group: gid }),
    ...(mtime === undefined ? {} : { modifiedAt: mtime }),
  });
}
