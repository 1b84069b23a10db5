import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { reasonOfFailedRead } from './readFailure';

/**
 * Reads a file; or why it can't be read, as the end of a sentence about it. What is no plain file (a named pipe, a
 * device) is refused instead of waited for.
 */
export function readPlainFile(path: string): { readonly bytes: Uint8Array } | { readonly refused: string } {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const facts = fstatSync(file);
    // Reading a folder says by itself what it is.
    if (!facts.isFile() && !facts.isDirectory()) return { refused: 'is no plain file' };
    return { bytes: readFileSync(file) };
  } catch (error) {
    return { refused: reasonOfFailedRead(error) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
