import { imageTypes } from '../../domain/template/source';
import { calleesIn, findRunbook, listRunbooks, readRunbookFile } from '../../runbooks/catalogue';
import { checkRunbook } from '../../runbooks/check/check';
import { filledSource } from '../../runbooks/filledSource';
import type { ImageSource } from '../../runbooks/imageSource';
import { isUsable } from '../../runbooks/problems';
import { resolveParameters } from '../../runbooks/render/parameters';
import { resolveImage } from '../template/source/resolveImage';
import type { RunbookLibrary } from './readRunbook';

/**
 * The image of a runbook that makes a template and is run by hand: its digest from the file of checksums, verified as
 * its source says. Undefined where the runbook needs nobody to look: it has no such source, or errors, which reading it
 * tells. Throws InputInvalid for parameters that are missing or wrong, SourceUnusable for sums that can't be used.
 */
export async function imageByHand(
  { folder, surroundings, parser }: RunbookLibrary,
  named: string,
  parameters: Readonly<Record<string, string>>,
  where: { readonly folder: string; readonly signal: AbortSignal },
): Promise<ImageSource | undefined> {
  const { file } = findRunbook(folder, named);
  const { runbook, problems } = checkRunbook(
    file,
    readRunbookFile(file),
    parser,
    calleesIn(listRunbooks(folder)),
  );
  const { source, image_type: written } = runbook?.frontMatter ?? {};
  if (runbook === undefined || source?.checksums === undefined || !isUsable(problems)) return undefined;
  const { values } = resolveParameters(runbook, parameters, surroundings);
  const imageType = imageTypes.find((it) => it === written) ?? 'raw';
  return resolveImage(filledSource(source, values), { imageType, ...where });
}
