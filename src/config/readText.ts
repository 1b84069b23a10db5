import type { ConfigProblem } from './problems';
import { readPlainFile } from './readPlainFile';

/** The text of a file in UTF-8; or what is wrong with the file. `wanted` says what there should be. */
export function readText(
  path: string,
  wanted: string,
): { readonly text: string } | Pick<ConfigProblem, 'message' | 'expected'> {
  const read = readPlainFile(path);
  if ('refused' in read) return { message: read.refused, expected: wanted };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(read.bytes) };
  } catch {
    return { message: 'is not UTF-8 text', expected: 'a YAML file in UTF-8' };
  }
}
