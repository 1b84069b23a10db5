import { ManagerError, problem } from '../../domain/errors';
import type { RenderedRunbook, RenderedStep } from '../../domain/runbook/plan';
import type { Text } from '../../domain/runbook/text';
import type { Runbook } from '../ast';
import type { CheckedRunbook } from '../check/check';
import { sourceValues, type ImageSource, type MachineSource } from '../imageSource';
import { describeRunbookProblems, isUsable } from '../problems';
import { unitsOf, type Unit } from '../sequence';
import { invocationOf, isShellBuiltin } from '../shell/programs';
import { readScript } from '../shell/script';
import type { ShellParser } from '../shell/tree';
import { resolveParameters, type RunbookSurroundings } from './parameters';
import { renderStep } from './step';

/** What a runbook is to be run with. */
export interface RunbookRequest {
  /** As texts; each parameter's type reads its own. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Where SSH steps run that name no node, in a runbook without a parameter `node`. */
  readonly node?: string;
  /** Of a runbook with a `source:`: the image, its checksum known, or the virtual machine. */
  readonly source?: ImageSource | MachineSource;
}

/**
 * The steps of a checked runbook with everything put in that is known before it runs: what is shown, approved, and
 * then done. Pure. Throws ManagerError `InputInvalid` if the runbook has errors, or a parameter is missing or wrong.
 */
export function renderRunbook(
  { runbook, problems }: CheckedRunbook,
  request: RunbookRequest,
  surroundings: RunbookSurroundings,
  parser: ShellParser,
): RenderedRunbook {
  if (runbook === undefined || !isUsable(problems)) throw withErrors(problems);
  const resolved = resolveParameters(runbook, request.parameters, surroundings);
  const values = {
    ...resolved.values,
    ...sourceValues(runbook.frontMatter, request.source, resolved.values),
  };
  const units = unitsOf(runbook);
  const node = request.node === undefined ? undefined : nodeNamed(request.node, surroundings);
  const steps = units.map((unit) =>
    inPlace(runbook, unit, () => renderStep(unit, { values, node, surroundings, parser })),
  );
  const { frontMatter } = runbook;
  return {
    name: frontMatter.name,
    title: runbook.title,
    description: frontMatter.description,
    sha256: runbook.sha256,
    parameters: resolved.planned,
    steps,
    secrets: [...new Set(steps.flatMap(secretsOf))],
    localTools: [
      ...new Set(units.flatMap((unit) => (unit.executor === 'local' ? programsOf(unit, parser) : []))),
    ],
    testedWith: (frontMatter.tested_with ?? []).map(String),
    warnings: problems.map(({ line, message }) => `line ${line}: ${message}`),
  };
}

/** Says which step a value does not fit into. */
function inPlace(runbook: Runbook, { step, place }: Unit, render: () => RenderedStep): RenderedStep {
  try {
    return render();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ManagerError(
      problem('InputInvalid', {
        attempted: `fill in the step "${step.title}" of ${runbook.frontMatter.name} (line ${place.line})`,
        failed: error.message,
      }),
    );
  }
}

/** The refusal of a runbook that has errors: file, line and column of each. */
export function withErrors(problems: CheckedRunbook['problems']): ManagerError {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return new ManagerError(
    problem('InputInvalid', {
      attempted: 'read the runbook',
      failed: describeRunbookProblems(errors),
      remedy: 'Correct the places named above; docs/runbooks.md describes the language.',
    }),
  );
}

function nodeNamed(node: string, { nodes }: RunbookSurroundings): string {
  if (nodes.includes(node)) return node;
  const failed = `the cluster has no node ${node}; it has ${nodes.join(', ')}`;
  throw new ManagerError(problem('InputInvalid', { attempted: 'choose the node of the runbook', failed }));
}

function secretsOf({ action }: RenderedStep): readonly string[] {
  const texts: readonly Text[] =
    action.type === 'request'
      ? action.headers.map(({ value }) => value)
      : 'stdin' in action
        ? [action.stdin]
        : [];
  return texts
    .flat()
    .flatMap((piece) => (typeof piece === 'object' && 'secret' in piece ? [piece.secret] : []));
}

function programsOf({ block }: Unit, parser: ShellParser): readonly string[] {
  if (block?.language !== 'bash' && block?.language !== 'command') return [];
  const script = readScript(block.content.text, block.placeholders, parser);
  const names = script.commands.flatMap((command) => invocationOf(command).name ?? []);
  return names.filter((name) => !isShellBuiltin(name));
}
