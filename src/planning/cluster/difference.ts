import type {
  ClusterPhase,
  ClusterPlan,
  PlannedAdoption,
  PlannedMachine,
  PlannedRemoval,
} from '../../domain/cluster/plan';
import type { FileDigest } from '../../domain/talos/machine';
import { playbookDifference } from '../ansible/plan';
import { hashOf } from '../planHash';
import { machineDone, makesMachines, removalDone } from './hash';

/** What differs between two plans of one cluster, in words; never empty if the hashes differ. */
export function clusterPlanDifference(before: ClusterPlan, after: ClusterPlan): readonly string[] {
  if (before.hash === after.hash) return [];
  const differences = [
    ...machineDifferences(before.phases, after.phases),
    ...removalDifferences(before.phases, after.phases),
    ...adoptionDifferences(before.phases, after.phases),
    ...settingDifferences(before, after),
    ...playbookDifferences(before, after),
  ];
  return differences.length > 0 ? differences : ['The order of what is done has changed.'];
}

function machineDifferences(
  before: readonly ClusterPhase[],
  after: readonly ClusterPhase[],
): readonly string[] {
  const machines = (phases: readonly ClusterPhase[]) =>
    byName(phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : [])));
  return compare(machines(before), machines(after), {
    came: (it) => `${it.name} is made too, as VM ${it.vmid} on ${it.node}.`,
    went: (it) => `${it.name} is not made any more.`,
    changed: machineChanges,
  });
}

function machineChanges(was: PlannedMachine, is: PlannedMachine): readonly string[] {
  const facts: readonly (readonly [string, (it: PlannedMachine) => unknown])[] = [
    ['VMID', ({ vmid }) => vmid],
    ['node', ({ node }) => node],
    ['source', ({ source }) => `VM ${source.vmid} on ${source.node}, version ${source.generation}`],
    ['way', ({ way, storage }) => (storage === undefined ? way : `${way} to ${storage}`)],
    ['address', ({ address }) => address?.address ?? 'by DHCP'],
  ];
  const texts = facts.flatMap(([what, of]) => {
    const [before, now] = [String(of(was)), String(of(is))];
    return before === now ? [] : [`${what} ${now} instead of ${before}`];
  });
  if (texts.length > 0) return [`${is.name}: ${texts.join(', ')}.`];
  return hashOf(machineDone(was)) === hashOf(machineDone(is))
    ? []
    : [`The settings of ${is.name} have changed.`];
}

function removalDifferences(
  before: readonly ClusterPhase[],
  after: readonly ClusterPhase[],
): readonly string[] {
  const removals = (phases: readonly ClusterPhase[]) =>
    byName(
      phases.flatMap((phase) =>
        'removals' in phase
          ? phase.removals.map((removal) => ({ ...removal, name: removal.member.name, kind: phase.kind }))
          : [],
      ),
    );
  type Removal = PlannedRemoval & { readonly name: string; readonly kind: keyof typeof removalWords };
  return compare<Removal>(removals(before), removals(after), {
    came: (it) => `${it.name} (VM ${it.member.vmid}) is ${removalWords[it.kind]} too.`,
    went: (it) => `${it.name} (VM ${it.member.vmid}) is not ${removalWords[it.kind]} any more.`,
    changed: (was, is) => [
      ...(was.kind === is.kind
        ? []
        : [`${is.name} is ${removalWords[is.kind]} instead of ${removalWords[was.kind]}.`]),
      ...removalChanges(was, is),
    ],
  });
}

const removalWords = { delete: 'deleted', setAside: 'set aside', revive: 'brought back' } as const;

function removalChanges(was: PlannedRemoval, is: PlannedRemoval): readonly string[] {
  const { name, vmid, node, uuid } = is.member;
  const volumes = ({ volumes: all }: PlannedRemoval) => all.join(', ') || 'none';
  const texts = [
    ...(was.member.vmid === vmid ? [] : [`${name} is VM ${vmid} now, not ${was.member.vmid}.`]),
    ...(was.member.node === node ? [] : [`${name} is on ${node} now, not on ${was.member.node}.`]),
    ...(was.member.uuid === uuid ? [] : [`The SMBIOS uuid of ${name} is ${uuid ?? 'not known'} now.`]),
    ...(was.running === is.running ? [] : [`${name} is ${is.running ? 'running' : 'stopped'} now.`]),
    ...(was.protection === is.protection
      ? []
      : [`${name} is ${is.protection === true ? 'protected' : 'not protected'} against removal now.`]),
    ...(was.snapshot === is.snapshot
      ? []
      : [`The newest snapshot of ${name} is ${is.snapshot ?? 'none'} now.`]),
    ...(volumes(was) === volumes(is) ? [] : [`The volumes of ${name} are ${volumes(is)} now.`]),
  ];
  if (texts.length > 0) return texts;
  return hashOf(removalDone(was)) === hashOf(removalDone(is))
    ? []
    : [`What is done with ${name} has changed.`];
}

function adoptionDifferences(
  before: readonly ClusterPhase[],
  after: readonly ClusterPhase[],
): readonly string[] {
  const adoptions = (phases: readonly ClusterPhase[]) =>
    byName(phases.flatMap((phase) => (phase.kind === 'adopt' ? phase.adoptions : [])));
  return compare<PlannedAdoption>(adoptions(before), adoptions(after), {
    came: (it) => `VM ${it.vmid} is adopted as ${it.name} too.`,
    went: (it) => `VM ${it.vmid} is not adopted as ${it.name} any more.`,
    changed: (was, is) =>
      hashOf(was) === hashOf(is)
        ? []
        : [`${is.name} is VM ${is.vmid} (${is.nameNow}) on ${is.node} with the uuid ${is.uuid} now.`],
  });
}

function settingDifferences(before: ClusterPlan, after: ClusterPlan): readonly string[] {
  const file = (plan: ClusterPlan) =>
    makesMachines(plan.phases) ? (plan.profileSha256 ?? 'none').slice(0, 12) : 'not used';
  const facts: readonly (readonly [string, (plan: ClusterPlan) => unknown])[] = [
    ['What is asked for', ({ action }) => action],
    ['The file of the profile', file],
    ['The type', ({ type }) => type],
    [
      'What counts as ready',
      ({ readiness, readyWithinMs }) => `${readiness} within ${readyWithinMs / 1000} s`,
    ],
    ['Name servers', ({ dns }) => JSON.stringify(dns ?? null)],
    ['Cloud-init', ({ cloudinit }) => (cloudinit === undefined ? 'none' : hashOf(cloudinit).slice(0, 12))],
    ['Files of patches', ({ talos }) => talos?.patchFiles?.map(patchText).join(', ') ?? 'none'],
    ['The pool', ({ pool }) => pool ?? 'none'],
    ['Protection', ({ protection }) => (protection ? 'on' : 'off')],
    ['The time for a shutdown', ({ shutdownTimeoutMs }) => `${shutdownTimeoutMs / 1000} s`],
    ['What has not shut down then', ({ hardStop }) => (hardStop ? 'is stopped hard' : 'is asked about')],
    ['The time for bringing back', ({ graceMs }) => (graceMs === undefined ? 'none' : `${graceMs / 1000} s`)],
  ];
  return facts.flatMap(([what, of]) => {
    const [was, is] = [String(of(before)), String(of(after))];
    return was === is ? [] : [`${what}: ${is}, was ${was}.`];
  });
}

function patchText({ path, sha256 }: FileDigest): string {
  return `${path} (${sha256.slice(0, 12)})`;
}

function playbookDifferences(before: ClusterPlan, after: ClusterPlan): readonly string[] {
  const playbooks = ({ playbooks: all = [] }: ClusterPlan) =>
    byName(all.map((plan) => ({ name: plan.playbook, plan })));
  return compare(playbooks(before), playbooks(after), {
    came: ({ name }) => `The playbook ${name} is run too.`,
    went: ({ name }) => `The playbook ${name} is not run any more.`,
    changed: (was, is) => playbookDifference(was.plan, is.plan).map((it) => `Playbook ${is.name}: ${it}`),
  });
}

interface Words<T> {
  readonly came: (it: T) => string;
  readonly went: (it: T) => string;
  readonly changed: (was: T, is: T) => readonly string[];
}

function compare<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  words: Words<T>,
): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const was = before.get(name);
    const is = after.get(name);
    if (was !== undefined && is !== undefined) return words.changed(was, is);
    if (is !== undefined) return [words.came(is)];
    return was === undefined ? [] : [words.went(was)];
  });
}

function byName<T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((it) => [it.name, it]));
}
