import { ManagerError, problem } from '../../domain/errors';
import type { RenderedRunbook, RenderedStep } from '../../domain/runbook/plan';
import { fill } from '../../domain/runbook/text';
import { valuesIn } from '../../domain/runbook/uses';
import type { RunbookFile } from '../../domain/runbookPlan';
import { calledSteps } from '../../planning/runbook/calledSteps';
import { calleesIn, findRunbook, listRunbooks, readRunbookFile } from '../../runbooks/catalogue';
import { checkRunbook } from '../../runbooks/check/check';
import { renderRunbook, type RunbookRequest as RenderRequest } from '../../runbooks/render/render';
import type { ShellParser } from '../../runbooks/shell/tree';

/** A runbook whose calls are put in, with the files that it was read from. */
export interface ReadRunbook {
  readonly runbook: RenderedRunbook;
  readonly files: readonly RunbookFile[];
}

/** Where runbooks are read from, and what they are filled in with. */
export interface RunbookLibrary {
  readonly folder: string;
  readonly surroundings: Parameters<typeof renderRunbook>[2];
  readonly parser: ShellParser;
}

/**
 * Reads, checks and fills in a runbook, with those that it calls in the places of the calls. Throws NotFound, or
 * InputInvalid with file, line and column of each problem.
 */
export function readRunbook(
  library: RunbookLibrary,
  named: string,
  request: RenderRequest,
  callers: readonly string[] = [],
): ReadRunbook {
  const { folder, surroundings, parser } = library;
  const { name, file } = findRunbook(folder, named);
  if (callers.includes(name)) throw unreadable(name, `it calls itself: ${[...callers, name].join(' -> ')}`);
  const checked = checkRunbook(file, readRunbookFile(file), parser, calleesIn(listRunbooks(folder)));
  const rendered = renderRunbook(checked, request, surroundings, parser);
  const parts = rendered.steps.map((step) =>
    step.action.type === 'runbook'
      ? putIn(library, step, request, [...callers, name])
      : { steps: [step], files: [], parts: [] },
  );
  const steps = parts.flatMap((part) => part.steps);
  const called = parts.flatMap((part) => part.parts);
  const all = (of: (it: RenderedRunbook) => readonly string[]) => [
    ...new Set([rendered, ...called].flatMap(of)),
  ];
  return {
    files: [{ name, sha256: rendered.sha256 }, ...parts.flatMap((part) => part.files)],
    runbook: {
      ...rendered,
      steps: [
        ...steps.filter(({ cleanup }) => cleanup === undefined),
        ...steps.filter(({ cleanup }) => cleanup !== undefined),
      ],
      secrets: all((it) => it.secrets),
      localTools: all((it) => it.localTools),
      warnings: all((it) => it.warnings),
    },
  };
}

/** The steps of a runbook that a step calls. What it is given has to be known now. */
function putIn(
  library: RunbookLibrary,
  call: RenderedStep,
  { node }: RenderRequest,
  callers: readonly string[],
) {
  if (call.action.type !== 'runbook') throw unreadable(call.id, 'it is no call');
  const { name, arguments: given } = call.action;
  const open = given.flatMap(({ value }) => valuesIn(value));
  if (open.length > 0 || call.forEach !== undefined)
    throw unreadable(
      name,
      `line ${call.line} calls it with ${open.map((it) => `{{${it}}}`).join(', ') || 'a loop'}, which is known only while the runbook runs; a call takes parameters and fixed values`,
    );
  const parameters = Object.fromEntries(given.map((it) => [it.name, fill(it.value, {})]));
  const { runbook, files } = readRunbook(
    library,
    name,
    { parameters, ...(node === undefined ? {} : { node }) },
    callers,
  );
  return { steps: calledSteps(call, runbook.steps), files, parts: [runbook] };
}

function unreadable(name: string, failed: string): ManagerError {
  return new ManagerError(problem('InputInvalid', { attempted: `read the runbook ${name}`, failed }));
}
