import type { AccessSettings } from '../../config/clusterConfig';
import type { DesiredRole } from '../../domain/access';
import { ManagerError, problem } from '../../domain/errors';
import { buildsRole, desiredAccess } from './desired';
import type { AccessFacts } from './facts';
import { outlineEntry } from './entry';
import { isMarked, markOf } from './marks';
import { joined, type AccessOutline } from './outline';
import { reasonFor } from './privileges';
import { outlineOldTokens, outlineToken } from './token';
import { outlineUnwanted } from './unwanted';
import { entryInWords, step } from './words';

/**
 * From the present access to the wanted one: roles, user, pools, entries, token, in this order, then away with what a
 * wider profile has made. Whatever is right is kept; what differs is shown as a difference. Throws ConfigInvalid where the wish can't be met.
 */
export function outlineBootstrap(
  facts: AccessFacts,
  settings: AccessSettings,
  context: { readonly cluster: string; readonly nowSeconds: number },
): AccessOutline {
  requireUsable(facts, settings);
  const desired = desiredAccess(settings, facts.major);
  const comment = markOf(context.cluster);
  return joined([
    ...desired.roles.map((role) => outlineRole(facts, role, settings.user)),
    outlineUser(facts, desired.user, comment, context.nowSeconds),
    ...desired.pools.map((pool) => outlinePool(facts, pool, comment)),
    ...desired.acl.map((entry) => outlineEntry(facts, entry)),
    outlineToken(facts, desired, comment),
    outlineUnwanted(facts, settings, desired),
    outlineOldTokens(facts, desired),
    ...(settings.profile === 'full' && settings.importStorage === undefined
      ? [{ warnings: [noImport] }]
      : []),
  ]);
}

const noImport =
  'No import_storage is configured: the token may not remove images that it has downloaded (Datastore.Allocate).';

function requireUsable(facts: AccessFacts, settings: AccessSettings): void {
  const refuse = (failed: string, remedy: string) => {
    throw new ManagerError(
      problem('ConfigInvalid', { attempted: 'plan the access of the API token', failed, remedy }),
    );
  };
  const { role, importStorage } = settings;
  const builtIn = facts.roles.find(({ name, builtIn: is }) => is && [role, buildsRole(role)].includes(name));
  if (builtIn !== undefined)
    refuse(`the role ${builtIn.name} is built into Proxmox`, 'Choose another name: access.role.');
  if (importStorage !== undefined && !facts.storages.includes(importStorage)) {
    refuse(
      `there is no storage ${importStorage}`,
      `Name one of these as access.import_storage: ${facts.storages.join(', ')}.`,
    );
  }
}

function outlineRole(facts: AccessFacts, wanted: DesiredRole, user: string): Partial<AccessOutline> {
  const what = `role ${wanted.name}`;
  const action = { kind: 'setRole', role: wanted.name, privileges: wanted.privileges } as const;
  const present = facts.roles.find(({ name }) => name === wanted.name);
  if (present === undefined) {
    return {
      items: [{ what, state: 'create', details: wanted.privileges.map(withReason) }],
      steps: [step(action)],
    };
  }
  const missing = wanted.privileges.filter((it) => !present.privileges.includes(it));
  const surplus = present.privileges.filter((it) => !wanted.privileges.includes(it));
  if (missing.length + surplus.length === 0) return { items: [{ what, state: 'keep', details: [] }] };
  const others = facts.acl.filter(
    ({ role, subject }) => role === wanted.name && subject !== user && !subject.startsWith(`${user}!`),
  );
  const details = [...missing.map((it) => `+ ${withReason(it)}`), ...surplus.map((it) => `- ${it}`)];
  return {
    items: [{ what, state: 'change', details }],
    steps: [step({ ...action, replaces: present.privileges.toSorted() })],
    warnings: others.map((entry) => `The changed role is used by others too: ${entryInWords(entry)}.`),
  };
}

function withReason(privilege: string): string {
  const why = reasonFor(privilege);
  return why === undefined ? privilege : `${privilege}: ${why}`;
}

function outlineUser(
  facts: AccessFacts,
  user: string,
  comment: string,
  nowSeconds: number,
): Partial<AccessOutline> {
  const what = `user ${user}`;
  const steps = [step({ kind: 'setUser', user, comment })];
  const present = facts.users.find((it) => it.user === user);
  if (present === undefined)
    return { items: [{ what, state: 'create', details: ['without a password'] }], steps };
  const details = [
    ...(present.enabled ? [] : ['it is disabled: enable it']),
    ...(present.expiresAt !== 0 && present.expiresAt <= nowSeconds
      ? ['it has expired: let it not expire']
      : []),
  ];
  if (details.length > 0) return { items: [{ what, state: 'change', details }], steps };
  const foreign = isMarked(present) ? [] : ['it was made by somebody else: undo will leave it'];
  return { items: [{ what, state: 'keep', details: foreign }] };
}

function outlinePool(facts: AccessFacts, pool: string, comment: string): Partial<AccessOutline> {
  const what = `pool ${pool}`;
  if (facts.pools.some((it) => it.pool === pool)) return { items: [{ what, state: 'keep', details: [] }] };
  return {
    items: [{ what, state: 'create', details: ['for test clones of templates'] }],
    steps: [step({ kind: 'setPool', pool, comment })],
  };
}
