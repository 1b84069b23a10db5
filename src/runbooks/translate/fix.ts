import type { Runbook } from '../ast';
import { checkRunbook } from '../check/check';
import { placeholdersIn } from '../parse/placeholders';
import { unitsOf } from '../sequence';
import type { ShellParser } from '../shell/tree';
import { httpBlocks, requestsFor } from './block';

/** A text that stands for what is between two offsets. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The text of a runbook with legacy placeholders in their new form, and with requests for the commands that have one.
 * The same text where there is nothing to do, or where the result would have errors that it has not now.
 */
export function fixedText(file: string, text: string, parser: ShellParser): string {
  // The offsets of a text are those without it.
  if (text.startsWith('\ufeff')) return text;
  const errorsIn = (it: string) =>
    checkRunbook(file, Buffer.from(it), parser).problems.filter(({ severity }) => severity === 'error')
      .length;
  const steps = [modernPlaceholders, (runbook: Runbook) => requestEdits(runbook, parser)];
  return steps.reduce((written, editsOf) => {
    const { runbook } = checkRunbook(file, Buffer.from(written), parser);
    if (runbook === undefined) return written;
    const changed = edited(written, editsOf(runbook));
    return errorsIn(changed) <= errorsIn(written) ? changed : written;
  }, text);
}

function modernPlaceholders(runbook: Runbook): readonly Edit[] {
  const known = new Set(runbook.parameters.map(({ name }) => name));
  const { text } = runbook.source;
  return runbook.steps.flatMap(({ blocks }) =>
    blocks.flatMap(({ start, end }) =>
      placeholdersIn(text.slice(start, end), known)
        .filter(({ kind, name }) => kind === 'legacy' && known.has(name))
        .map((it) => ({ start: start + it.start, end: start + it.end, text: `{{${it.name}}}` })),
    ),
  );
}

function requestEdits(runbook: Runbook, parser: ShellParser): readonly Edit[] {
  const units = unitsOf(runbook);
  const edits = runbook.steps.flatMap((step): readonly Edit[] => {
    const own = units.filter((unit) => unit.step === step);
    const blocks = own.flatMap((unit) => {
      const requests = requestsFor(runbook, unit, parser);
      return requests === undefined || unit.block === undefined
        ? []
        : [{ start: unit.block.start, end: unit.block.end, text: httpBlocks(runbook, unit.block, requests) }];
    });
    // One label is for all blocks of a step.
    if (blocks.length === 0 || blocks.length < own.length || step.label === undefined) return [];
    return [{ start: step.label.start, end: step.label.end, text: '(API)' }, ...blocks];
  });
  return edits.length === 0 ? [] : [...edits, ...requireApi(runbook)];
}

function requireApi({ source, frontMatter }: Runbook): readonly Edit[] {
  if (frontMatter.requires?.includes('api') === true) return [];
  const list = /^requires:[ \t]*\[/m.exec(source.text);
  if (list === null) return [];
  const at = list.index + list[0].length;
  return [{ start: at, end: at, text: 'api, ' }];
}

/** The edits made from the last to the first, so that offsets stay right. */
function edited(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((one, other) => other.start - one.start)
    .reduce((written, it) => `${written.slice(0, it.start)}${it.text}${written.slice(it.end)}`, text);
}
