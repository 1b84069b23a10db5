import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { utils, type Attributes, type SFTPWrapper } from 'ssh2';

import { systemCode } from '../../../src/ssh/systemErrors';

const { STATUS_CODE, OPEN_MODE } = utils.sftp;

/** Serves real files over SFTP 3, as far as the product needs it; without extensions, which ssh2's server can't have. */
export function serveFiles(sftp: SFTPWrapper): void {
  const number = (handle: Buffer) => handle.readUInt32BE(0);
  const answer = (id: number, work: () => void) => {
    try {
      work();
    } catch (error) {
      const missing = systemCode(error) === 'ENOENT';
      sftp.status(id, missing ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE);
    }
  };
  const done = (id: number, work: () => void) =>
    answer(id, () => {
      work();
      sftp.status(id, STATUS_CODE.OK);
    });

  sftp.on('OPEN', (id, name, flags, attributes) =>
    answer(id, () => {
      const isNew = (flags & OPEN_MODE.EXCL) !== 0;
      const handle = Buffer.alloc(4);
      handle.writeUInt32BE(openSync(name, isNew ? 'wx' : 'r', attributes.mode));
      sftp.handle(id, handle);
    }),
  );
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, () => {
      const bytes = Buffer.alloc(length);
      const read = readSync(number(handle), bytes, 0, length, offset);
      if (read === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, bytes.subarray(0, read));
    }),
  );
  sftp.on('WRITE', (id, handle, offset, data) =>
    done(id, () => writeSync(number(handle), data, 0, data.length, offset)),
  );
  sftp.on('FSTAT', (id, handle) =>
    answer(id, () => {
      const { mode, uid, gid, size, atimeMs, mtimeMs } = fstatSync(number(handle));
      sftp.attrs(id, { mode, uid, gid, size, atime: atimeMs / 1000, mtime: mtimeMs / 1000 });
    }),
  );
  // The types say that all attributes are always there; only those that are to change are.
  sftp.on('FSETSTAT', (id, handle, { mode, uid, gid }: Partial<Attributes>) =>
    done(id, () => {
      if (uid !== undefined && gid !== undefined) fchownSync(number(handle), uid, gid);
      if (mode !== undefined) fchmodSync(number(handle), mode);
    }),
  );
  sftp.on('CLOSE', (id, handle) => done(id, () => closeSync(number(handle))));
  sftp.on('REMOVE', (id, name) => done(id, () => unlinkSync(name)));
}
