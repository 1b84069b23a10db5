import { createTwoFilesPatch } from 'diff';
import { sync as writeFileAtomic } from 'write-file-atomic';
import { ManagerError } from '../../domain/errors';
import { readRunbookFile, type RunbookFile } from '../../runbooks/catalogue';
import type { ShellParser } from '../../runbooks/shell/tree';
import { fixedText } from '../../runbooks/translate/fix';

/** What can be mended in a file by itself. */
export interface Fix {
  readonly file: string;
  readonly text: string;
  /** As a unified difference. */
  readonly difference: string;
}

/** The fixes of one's own runbooks that can be read; those that are shipped are not written to. */
export function fixesOf(files: readonly RunbookFile[], parser: ShellParser): readonly Fix[] {
  return files.flatMap(({ file, isShipped }) => {
    const before = isShipped ? undefined : textOf(file);
    if (before === undefined) return [];
    const text = fixedText(file, before, parser);
    const difference = createTwoFilesPatch(file, file, before, text, undefined, undefined, { context: 2 });
    return text === before ? [] : [{ file, text, difference: difference.replace(/^(Index: .*\n)?=+\n/, '') }];
  });
}

/** Writes them; each file is replaced as a whole or not at all. */
export function writeFixes(fixes: readonly Fix[]): void {
  for (const { file, text } of fixes) writeFileAtomic(file, text);
}

function textOf(file: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readRunbookFile(file));
  } catch (error) {
    // It is no UTF-8, or not readable: the check says so.
    if (error instanceof TypeError || error instanceof ManagerError) return undefined;
    throw error;
  }
}
