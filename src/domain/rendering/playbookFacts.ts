import type { PlaybookPlan } from '../ansible/plan';
import type { HostResult } from '../ansible/run';
import { textOf } from '../runbook/values';
import { formatBytes } from './sizes';
import { count } from './text';

/** What decides a run of a playbook, one fact a line: everything that an approval covers beside plays and hosts. */
export function playbookFacts(plan: PlaybookPlan): readonly string[] {
  const { file, inventory, tree, besideTree, settings, limit, tags, skipTags, program, vault } = plan;
  return [
    `Playbook ${file}`,
    `Inventory ${inventory}`,
    `Tree ${tree.root}: ${count(tree.files, 'file')}, ${formatBytes(tree.bytes)}, sha256 ${tree.sha256.slice(0, 12)}`,
    ...besideTree.map(({ path, sha256 }) => `Beside the tree ${path}, sha256 ${sha256.slice(0, 12)}`),
    `${program}, settings ${settings ?? 'none'}`,
    ...(limit === undefined ? [] : [`Limit ${limit}`]),
    ...(tags.length === 0 ? [] : [`Tags ${tags.join(', ')}`]),
    ...(skipTags.length === 0 ? [] : [`Without the tags ${skipTags.join(', ')}`]),
    ...Object.entries(plan.extraVars).map(([name, value]) => `Variable ${name} = ${textOf(value)}`),
    ...Object.entries(plan.secretVars).map(([name, secret]) => `Variable ${name} = the secret ${secret}`),
    ...(vault ? ['With the vault password'] : []),
  ];
}

/** What a run with `--check` has shown, labelled as what it is. */
export function estimateLines({ estimate }: PlaybookPlan): readonly string[] {
  if (estimate === undefined) return [];
  return [
    'Estimate by --check (modules guess; what depends on changes before it is not known):',
    ...estimate.hosts.map((it) => `  ${hostCounts(it)}`),
    ...(estimate.because === undefined ? [] : [`  ${estimate.because}`]),
  ];
}

/** The counts of one host in one line. */
export function hostCounts({ host, ok, changed, failed, unreachable, skipped, ...it }: HostResult): string {
  const more = [
    ...(it.rescued === 0 ? [] : [`${it.rescued} rescued`]),
    ...(it.ignored === 0 ? [] : [`${it.ignored} ignored`]),
  ];
  return [
    `${host}: ${ok} ok, ${changed} changed, ${failed} failed, ${unreachable} unreachable, ${skipped} skipped`,
    ...more,
  ].join(', ');
}
