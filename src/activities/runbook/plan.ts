import { dirname } from 'node:path';

import { ManagerError, problem } from '../../domain/errors';
import type { RenderedRunbook, RenderedStep } from '../../domain/runbook/plan';
import { fill } from '../../domain/runbook/text';
import { secretsIn, valuesIn } from '../../domain/runbook/uses';
import type { RunbookFile } from '../../domain/runbookPlan';
import { calledSteps } from '../../planning/runbook/calledSteps';
import { planRun, runbookDifference } from '../../planning/runbook/plan';
import { calleesIn, findRunbook, listRunbooks, ownFolder, readRunbookFile } from '../../runbooks/catalogue';
import { checkRunbook } from '../../runbooks/check/check';
import { renderRunbook, type RunbookRequest as RenderRequest } from '../../runbooks/render/render';
import { openShellParser, type ShellParser } from '../../runbooks/shell/tree';
import type { RunbookPlanArguments, RunbookPlanMade } from './contract';
import type { RunbookDependencies } from './dependencies';
import { missingPrograms } from './missingPrograms';

/** A runbook whose calls are put in, with the files that it was read from. */
interface ReadRunbook {
  readonly runbook: RenderedRunbook;
  readonly files: readonly RunbookFile[];
}

/** Reads, checks and fills in. Throws NotFound or InputInvalid, the latter with file, line and column of each problem. */
export async function planRunbook(
  dependencies: RunbookDependencies,
  { request, previous }: RunbookPlanArguments,
): Promise<RunbookPlanMade> {
  const { config } = dependencies;
  const { name: cluster } = config.cluster;
  requireOurs(cluster, request.cluster);
  const nodes = config.cluster.nodes.map(({ name }) => name);
  const { runbook, files } = read(
    {
      folder: ownFolder(dirname(config.file)),
      surroundings: { cluster, nodes, conventions: config.conventions },
      parser: await openShellParser(),
    },
    request.runbook,
    {
      parameters: request.parameters ?? {},
      ...(request.node === undefined ? {} : { node: request.node }),
    },
    [],
  );
  requireSecrets(dependencies, runbook);
  const missing = await missingPrograms(runbook.localTools);
  const insecure =
    config.cluster.tls === 'insecure'
      ? ['Certificates are not verified: tls is insecure in the configuration.']
      : [];
  const plan = planRun({
    ...{ cluster, runbook, files, nodes, captures: request.captures ?? {} },
    ...(request.fromStep === undefined ? {} : { fromStep: request.fromStep }),
    times: { ...config.approval, stallAfterMs: config.migration.stallAfterMs },
    madeAt: new Date(),
    warnings: [...insecure, ...missing.map((name) => `The worker's machine has no program ${name}.`)],
  });
  return { plan, changes: previous === undefined ? [] : runbookDifference(previous, plan) };
}

interface Library {
  readonly folder: string;
  readonly surroundings: Parameters<typeof renderRunbook>[2];
  readonly parser: ShellParser;
}

function read(
  library: Library,
  named: string,
  request: RenderRequest,
  callers: readonly string[],
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
function putIn(library: Library, call: RenderedStep, { node }: RenderRequest, callers: readonly string[]) {
  if (call.action.type !== 'runbook') throw unreadable(call.id, 'it is no call');
  const { name, arguments: given } = call.action;
  const open = given.flatMap(({ value }) => valuesIn(value));
  if (open.length > 0 || call.forEach !== undefined)
    throw unreadable(
      name,
      `line ${call.line} calls it with ${open.map((it) => `{{${it}}}`).join(', ') || 'a loop'}, which is known only while the runbook runs; a call takes parameters and fixed values`,
    );
  const parameters = Object.fromEntries(given.map((it) => [it.name, fill(it.value, {})]));
  const { runbook, files } = read(
    library,
    name,
    { parameters, ...(node === undefined ? {} : { node }) },
    callers,
  );
  return { steps: calledSteps(call, runbook.steps), files, parts: [runbook] };
}

function requireOurs(cluster: string, named: string | undefined): void {
  if (named === undefined || named === cluster) return;
  const failed = `the request names the cluster ${named}, this worker serves ${cluster}`;
  throw new ManagerError(problem('InputInvalid', { attempted: 'plan a run of a runbook', failed }));
}

function requireSecrets({ secrets }: RunbookDependencies, { name, steps }: RenderedRunbook): void {
  const asked = new Set(steps.flatMap(({ action }) => secretsIn(action)));
  const missing = [...asked].filter((it) => !secrets.has(it));
  if (missing.length === 0) return;
  throw new ManagerError(
    problem('ConfigInvalid', {
      attempted: `plan a run of ${name}`,
      failed: `the configuration names no place for ${missing.join(', ')}`,
      remedy: `Add to cluster-config.yaml: secrets: { ${missing.map((it) => `${it}: { pass_path: ... }`).join(', ')} }, then restart the worker.`,
    }),
  );
}

function unreadable(name: string, failed: string): ManagerError {
  return new ManagerError(problem('InputInvalid', { attempted: `read the runbook ${name}`, failed }));
}
