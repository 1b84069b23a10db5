/** What the kernel says of a file operation. */
export type FileErrorCode =
  'ENOENT' | 'EEXIST' | 'ENOTDIR' | 'EISDIR' | 'EACCES' | 'EPERM' | 'ENOTEMPTY' | 'EXDEV';

const texts: Readonly<Record<FileErrorCode, string>> = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  ENOTEMPTY: 'Directory not empty',
  EXDEV: 'Invalid cross-device link',
};

/** A file operation that failed; `message` is what commands print, e.g. `No such file or directory`. */
export class FileError extends Error {
  constructor(readonly code: FileErrorCode) {
    super(texts[code]);
    this.name = 'FileError';
  }
}
