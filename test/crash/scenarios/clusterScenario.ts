import type { ActionMessage } from '../../../src/domain/cluster/messages';
import type { ClusterAction } from '../../../src/domain/cluster/request';
import { changeClusterWorkflowId } from '../../../src/domain/names';
import { isChange, type Call } from '../calls';
import { withTalos } from '../equipment/withTalos';
import { askedTo } from './clusterBegin';
import {
  clusterConventions,
  deployKeyFile,
  letClonesBoot,
  profile,
  profileText,
  talosCluster,
  type ClusterBefore,
  type Machine,
  type ProfileRoles,
} from './clusterCluster';
import { madeBefore } from './clusterInside';
import { insideProblems, keeperProblems, machineProblems, reportProblems, type Goal } from './clusterJudge';
import type { CrashScenario, MomentName } from './scenario';

/** What the scenarios on clusters differ in. */
interface ClusterScenario
  extends
    Pick<CrashScenario, 'name' | 'title' | 'subset'>,
    Omit<Goal, 'action'>,
    ClusterBefore,
    ProfileRoles {
  readonly action: ClusterAction;
  readonly message: ActionMessage;
  /** The machines of before; none: the cluster is made. */
  readonly before: readonly Machine[];
}

/** A scenario on a Talos cluster of a few machines. */
export function clusterScenario(given: ClusterScenario): CrashScenario {
  const { name, title, subset, action, message, before, stateBefore } = given;
  const arrange = before.length === 0 ? {} : { arrange: madeBefore(before, stateBefore) };
  return {
    ...{ name, title, subset, cluster: talosCluster(before, given), speed: 20 },
    async equip(site) {
      letClonesBoot(site.simulator.control);
      const files = { [`clusters/${profile}.yaml`]: profileText(given) };
      return withTalos({ more: clusterConventions, files, deployKey: deployKeyFile, ...arrange })(site);
    },
    workflowId: (cluster) => changeClusterWorkflowId(cluster, profile),
    begin: askedTo(action, message, before, stateBefore),
    momentsOf,
    spread: { standby: 3, temporal: 3 },
    // Several machines are worked on at once: what is at work beside the step is finished as well.
    makes: () => true,
    referenceProblems: (control) => machineProblems(control, given),
    problems: (control, result) => [...machineProblems(control, given), ...reportProblems(result, given)],
    async remainsProblems(remains) {
      return [...insideProblems(remains, given), ...(await keeperProblems(remains, given))];
    },
  };
}

/**
 * What would hit the next one, if it came that late: a machine of the same VMID, what runs on the same address, the node of the
 * same name. Deletions, bootstraps and resets are sent once, and again only if a person says so. A configuration that comes once
 * its machine has one is expected to change nothing: it was sent to a machine that lets in anybody, which this one is no more.
 */
const hitsTheNext =
  /^DELETE |^POST \S+\/(clone|migrate|status\/stop)$|^RUN talosctl (apply-config|bootstrap|reset) |^K8S (DELETE|PATCH) /;

/**
 * A read changes nothing, whether it was executed or not: it is tried where its answer gets lost; of those that are alike the
 * first two, of the questions to machines and to Kubernetes, which are asked until something is so, the first.
 */
function momentsOf(call: Call): readonly MomentName[] {
  const { method, path, occurrence } = call;
  if (!isChange(call)) return occurrence <= (method === 'GET' ? 2 : 1) ? ['answer'] : [];
  return [
    ...(['request', 'answer', 'record', 'freeze'] as const),
    ...(hitsTheNext.test(`${method} ${path}`) ? (['late'] as const) : []),
    ...(method === 'RUN' ? (['orphan'] as const) : []),
    ...(path.endsWith('/migrate') ? (['window'] as const) : []),
  ];
}
