import type { PlannedPlay, PlaybookPlan } from '../../domain/ansible/plan';
import { hashOf } from '../planHash';

/** What the plan of a run of a playbook is made from. */
export type PlaybookPlanInput = Omit<PlaybookPlan, 'operation' | 'hash' | 'madeAt' | 'hosts'> & {
  readonly madeAt: Date;
};

/** Makes the plan. The hash is over everything that decides what is done: files, hosts, limit, variables, Ansible. */
export function planPlaybookRun({ madeAt, ...input }: PlaybookPlanInput): PlaybookPlan {
  return {
    ...input,
    operation: 'runPlaybook',
    hash: hashOf(whatIsDone(input)),
    madeAt: madeAt.toISOString(),
    hosts: hostsOf(input.plays),
  };
}

/** What differs between two plans of one run, in words; never empty if the hashes differ. */
export function playbookDifference(before: PlaybookPlan, after: PlaybookPlan): readonly string[] {
  if (before.hash === after.hash) return [];
  const differences = [
    ...treeDifference(before, after),
    ...besideDifference(before, after),
    ...hostDifference(before, after),
    ...(before.program === after.program ? [] : [`${before.program} is ${after.program} now.`]),
  ];
  return differences.length > 0
    ? differences
    : ['The plays, the limit, the tags or the variables have changed.'];
}

function whatIsDone(plan: Omit<PlaybookPlanInput, 'madeAt'>): object {
  const { cluster, playbook, file, inventory, tree, besideTree, settings, program } = plan;
  const { limit, tags, skipTags, extraVars, secretVars, vault, plays } = plan;
  return {
    operation: 'runPlaybook',
    ...{ cluster, playbook, file, inventory, besideTree, program },
    ...{ tree: { root: tree.root, sha256: tree.sha256 }, settings: settings ?? null },
    ...{ limit: limit ?? null, tags, skipTags, extraVars, secretVars, vault },
    plays: plays.map(({ name, pattern, hosts }) => ({ name, pattern, hosts })),
  };
}

function hostsOf(plays: readonly PlannedPlay[]): readonly string[] {
  return [...new Set(plays.flatMap(({ hosts }) => hosts))].toSorted();
}

function treeDifference({ tree: before }: PlaybookPlan, { tree: after }: PlaybookPlan): string[] {
  if (before.sha256 === after.sha256) return [];
  const was = new Map(before.parts.map(({ name, sha256 }) => [name, sha256]));
  const is = new Map(after.parts.map(({ name, sha256 }) => [name, sha256]));
  const names = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
  return names.map((name) => `Files have changed: ${name} in ${after.root}.`);
}

function besideDifference(
  { besideTree: before }: PlaybookPlan,
  { besideTree: after }: PlaybookPlan,
): string[] {
  const was = new Map(before.map(({ path, sha256 }) => [path, sha256]));
  const is = new Map(after.map(({ path, sha256 }) => [path, sha256]));
  const paths = [...new Set([...was.keys(), ...is.keys()])].filter((path) => was.get(path) !== is.get(path));
  return paths.map((path) => `${path} has changed.`);
}

function hostDifference(before: PlaybookPlan, after: PlaybookPlan): string[] {
  const gone = before.hosts.filter((host) => !after.hosts.includes(host));
  const come = after.hosts.filter((host) => !before.hosts.includes(host));
  return [
    ...(come.length === 0 ? [] : [`Hosts that were not in it: ${come.join(', ')}.`]),
    ...(gone.length === 0 ? [] : [`Hosts that are in it no more: ${gone.join(', ')}.`]),
  ];
}
