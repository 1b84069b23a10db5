import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ansibleFolders } from '../../ansible/base';
import { findPlaybook } from '../../ansible/catalogue';
import { extraVarsText, type PlaybookCall } from '../../ansible/command';
import { ansibleVersion, listPlays } from '../../ansible/listing';
import { isInside, playbookPlaces, type PlaybookPlaces } from '../../ansible/places';
import { hashOfPath, readTree } from '../../ansible/tree';
import type { PlannedPlay, PlaybookPlan } from '../../domain/ansible/plan';
import type { PlaybookRequest } from '../../domain/ansible/request';
import { ManagerError, problem } from '../../domain/errors';
import { planPlaybookRun, playbookDifference } from '../../planning/ansible/plan';
import type { PlaybookPlanArguments, PlaybookPlanMade } from './contract';
import type { AnsibleDependencies } from './dependencies';
import { readRunSecrets, requireSecretPlaces, withholdsWords, type RunSecrets } from './secrets';

/**
 * Makes the plan. Throws ConfigInvalid, NotFound or InputInvalid where it can't be run as it is asked for: no host matches,
 * a file can't be read; CommandFailed where the vault password is wrong.
 */
export async function planPlaybook(
  dependencies: AnsibleDependencies,
  signal: AbortSignal,
  { request, previous, hostsMayCome }: PlaybookPlanArguments,
): Promise<PlaybookPlanMade> {
  const { config, vaultPassword } = dependencies;
  const cluster = config.cluster.name;
  requireOurs(cluster, request.cluster);
  const { tags = [], skipTags = [], extraVars = {}, secretVars = {} } = request;
  requireSecretPlaces(dependencies, secretVars);
  const places = playbookPlaces(config);
  const file = findPlaybook(places, request.playbook);
  const limit = request.limit === undefined ? {} : { limit: request.limit };
  const listed: PlaybookCall = {
    ...{ places, file, tags, skipTags },
    ...(hostsMayCome === true ? {} : limit),
  };
  const vault = vaultPassword !== undefined;
  const secrets = await readRunSecrets(dependencies, { vault, secretVars }, signal);
  const program = await ansibleVersion(signal);
  const { tree } = await readTree(places.root, signal);
  const all = await playsOf(dependencies, listed, request, secrets, signal);
  const plays = hostsMayCome === true ? playsOn(all, request) : all;
  if (hostsMayCome !== true) requireHosts(plays, request);
  const plan = planPlaybookRun({
    ...{ cluster, playbook: request.playbook, file, inventory: places.inventory, tree, program },
    besideTree: await besideTree(places, signal),
    ...(places.settings === undefined ? {} : { settings: places.settings }),
    ...{ ...limit, tags, skipTags, extraVars, secretVars, vault, plays },
    times: { ...config.approval, stallAfterMs: config.migration.stallAfterMs },
    madeAt: new Date(),
    warnings: hostsMayCome === true ? comingWarnings(plays, request) : warningsOf(plays),
  });
  return { plan, changes: previous === undefined ? [] : playbookDifference(previous, plan) };
}

/** The variables are in a file of this user's only, as long as Ansible reads it. */
async function playsOf(
  { folder }: AnsibleDependencies,
  call: PlaybookCall,
  { extraVars = {}, secretVars = {} }: PlaybookRequest,
  { vars, vaultPassword, redact }: RunSecrets,
  signal: AbortSignal,
): Promise<readonly PlannedPlay[]> {
  const folders = ansibleFolders(folder);
  const { settings } = call.places;
  const scratch = await mkdtemp(join(folders.home, 'plan-'));
  try {
    const varsFile = join(scratch, 'vars.yaml');
    await writeFile(varsFile, extraVarsText({ plain: extraVars, secret: vars }), { mode: 0o600 });
    return await listPlays(call, {
      ...{ folders, varsFile, signal, redact },
      withholds: withholdsWords({
        ...{ vault: vaultPassword !== undefined, secretVars },
        ...(settings === undefined ? {} : { settings }),
      }),
      ...(vaultPassword === undefined ? {} : { vaultPassword }),
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function requireOurs(cluster: string, named: string | undefined): void {
  if (named === undefined || named === cluster) return;
  const failed = `the request names the cluster ${named}, this worker serves ${cluster}`;
  throw new ManagerError(problem('InputInvalid', { attempted: 'plan a run of a playbook', failed }));
}

/** Ansible would end without an error, having done nothing. */
function requireHosts(plays: readonly PlannedPlay[], { playbook, limit }: PlaybookRequest): void {
  if (plays.some(({ hosts }) => hosts.length > 0)) return;
  const patterns = [...new Set(plays.map(({ pattern }) => pattern))].join(', ');
  const within = limit === undefined ? '' : `, limited to ${limit}`;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `plan a run of the playbook ${playbook}`,
      failed: `no host of the inventory matches its plays (${patterns || 'it has none'}${within})`,
      remedy: 'Look at the hosts of the plays, at the inventory and at the limit.',
    }),
  );
}

/** What decides and lies outside of the tree, with its content. */
async function besideTree(
  { root, playbooks, inventory, settings }: PlaybookPlaces,
  signal: AbortSignal,
): Promise<PlaybookPlan['besideTree']> {
  const paths = [playbooks, inventory, ...(settings === undefined ? [] : [settings])];
  const outside = [...new Set(paths)].filter((path) => !isInside(root, path));
  return Promise.all(outside.map(async (path) => ({ path, sha256: await hashOfPath(path, signal) })));
}

/** Of each play the hosts that the limit names. */
function playsOn(plays: readonly PlannedPlay[], { limit = '' }: PlaybookRequest): readonly PlannedPlay[] {
  const names = new Set(limit.split(','));
  return plays.map((play) => ({ ...play, hosts: play.hosts.filter((host) => names.has(host)) }));
}

function comingWarnings(
  plays: readonly PlannedPlay[],
  { playbook, limit = '' }: PlaybookRequest,
): readonly string[] {
  const known = new Set(plays.flatMap(({ hosts }) => hosts));
  const missing = limit.split(',').filter((name) => !known.has(name));
  if (missing.length === 0) return [];
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
  return [
    `No play of the playbook ${playbook} has ${missing.slice(0, 3).join(', ')}${more} among its hosts now: an inventory that is a program may name them once they are there; else nothing is done on them.`,
  ];
}

function warningsOf(plays: readonly PlannedPlay[]): readonly string[] {
  const empty = plays.filter(({ hosts }) => hosts.length === 0);
  return empty.map(
    ({ name, pattern }) => `No host matches the play "${name}" (${pattern}): nothing is done by it.`,
  );
}

/** How the plan's playbook is called: exactly as it was approved. */
export function callOf(frame: {
  readonly file: string;
  readonly inventory: string;
  readonly settings?: string;
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly tree: { readonly root: string };
}): PlaybookCall {
  const { file, inventory, settings, limit, tags, skipTags, tree } = frame;
  return {
    places: {
      ...{ root: tree.root, playbooks: dirname(file), inventory },
      ...(settings === undefined ? {} : { settings }),
    },
    ...{ file, tags, skipTags },
    ...(limit === undefined ? {} : { limit }),
  };
}
