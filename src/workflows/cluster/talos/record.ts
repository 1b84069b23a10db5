import type { TalosRecord } from '../../../domain/cluster/member';
import type { ClusterPlan } from '../../../domain/cluster/plan';
import { fluxSource } from '../../../domain/cluster/planned';
import type { RunbookStepResult } from '../../../domain/runbookReport';
import type { Step } from '../../../domain/step';
import type { TalosFiles } from '../../../domain/talos/machine';
import { stepId } from '../step';

/** What an operation knows of its steps. */
interface StepsSoFar {
  readonly steps: readonly Pick<Step, 'id' | 'phase'>[];
  readonly results: Readonly<Record<string, RunbookStepResult>>;
}

/** The step that makes the secrets. */
export const secretsStep = 'secrets';

/** The step that bootstraps etcd on a machine. */
export const bootstrapStep = 'bootstrap';

/** The step that puts Flux in. */
export const fluxStep = 'flux';

/** The step that waits until Flux has synchronized. */
export const synchronizedStep = 'synchronized';

/**
 * The Talos cluster as an operation leaves it now. The machine that etcd is bootstrapped on counts from the moment its
 * step begins, before the call; it is known to have happened once the step is done.
 */
export function talosAfter(
  plan: Pick<ClusterPlan, 'talos'> | undefined,
  { steps, results }: StepsSoFar,
  before: TalosRecord | undefined,
): TalosRecord | undefined {
  const files = filesIn(results) ?? before;
  if (files === undefined) return undefined;
  const { folder, secretsSha256 } = files;
  // Of a cluster with other secrets, which was there before, nothing is true of this one.
  const known = before?.secretsSha256 === secretsSha256 ? before : undefined;
  const chosen = plan?.talos?.bootstrapOn;
  const step = steps.find(({ id }) => chosen !== undefined && id === stepId(bootstrapStep, chosen));
  const isBegun = step !== undefined && step.phase !== 'waiting';
  const { flux } = plan?.talos ?? {};
  const isFilled = steps.some(({ id, phase }) => id === synchronizedStep && phase === 'done');
  const filledFrom = flux !== undefined && isFilled ? fluxSource(flux) : known?.filledFrom;
  const bootstrapOn = isBegun ? chosen : known?.bootstrapOn;
  const controlPlaneRole = plan?.talos?.controlPlaneRole ?? known?.controlPlaneRole;
  return {
    ...{ folder, secretsSha256 },
    ...(bootstrapOn === undefined ? {} : { bootstrapOn }),
    bootstrapped: step?.phase === 'done' || known?.bootstrapped === true,
    ...(controlPlaneRole === undefined ? {} : { controlPlaneRole }),
    ...(filledFrom === undefined ? {} : { filledFrom }),
  };
}

/** Where the files of the cluster lie, as the step that makes its secrets has told. */
export function filesIn(results: StepsSoFar['results']): TalosFiles | undefined {
  const { folder, secretsSha256 } = results[secretsStep]?.captures ?? {};
  return typeof folder === 'string' && typeof secretsSha256 === 'string'
    ? { folder, secretsSha256 }
    : undefined;
}
