import type { Finding } from '../../../domain/checkup';
import type { CheckupFacts } from '../facts/facts';
import { ok, unknown, warning } from '../finding';

/** Major versions that the project is held to recordings of. */
const knownMajors: readonly string[] = ['8', '9'];

/** Which versions the nodes run, and whether they are the same. */
export function checkVersions({ nodes }: CheckupFacts): Finding[] {
  const unclear = nodes.flatMap(({ node, version }) =>
    version.known ? [] : [unknown('versions', node.name, version)],
  );
  const told = nodes.flatMap(({ node, version }) =>
    version.known ? [{ name: node.name, version: version.value }] : [],
  );
  const different = [...new Set(told.map(({ version }) => version))];
  const [only] = different;
  if (only === undefined) return unclear;
  return [...unclear, ...untested(told), different.length === 1 ? same(only) : mixed(told)];
}

interface NodeVersion {
  readonly name: string;
  readonly version: string;
}

function same(version: string): Finding {
  return ok('versions', 'cluster', `every node runs ${version}`);
}

function mixed(told: readonly NodeVersion[]): Finding {
  return warning(
    'versions',
    'cluster',
    `the nodes run different versions: ${told.map(({ name, version }) => `${name} ${version}`).join(', ')}; guests can't always move to an older one`,
    'Bring the others up to date, one after the other: pxm evacuate <node>, then on it: apt update && apt full-upgrade',
  );
}

function untested(told: readonly NodeVersion[]): Finding[] {
  return told
    .filter(({ version }) => !knownMajors.includes(version.split('.')[0] ?? ''))
    .map(({ name, version }) =>
      warning(
        'versions',
        name,
        `it runs ${version}: only 8.4 and 9 are tested`,
        'See docs/real-cluster.md for what is known of other versions.',
      ),
    );
}
