import type { AccessSettings } from '../../config/clusterConfig';
import type { AclEntry } from '../../domain/access';
import type { AccessItem } from '../../domain/accessPlan';
import { desiredAccess, entriesOfProfiles, entriesOfToken, type DesiredAccess } from './desired';
import type { AccessFacts } from './facts';
import { isMarked } from './marks';
import { joined, type AccessOutline } from './outline';
import { leaving, poolRemoval, removal, roleRemoval } from './removals';
import { entryInWords, sameEntry, step } from './words';

/**
 * What this profile does not have: entries that nobody wants, and what a wider profile makes for builds of templates.
 * What is there and ours is taken away, what is not there is named as not made, and what others made is left.
 */
export function outlineUnwanted(
  facts: AccessFacts,
  settings: AccessSettings,
  desired: DesiredAccess,
): AccessOutline {
  const surplus = surplusEntries(facts, desired);
  const taken = surplus.filter((entry) => isOurs(entry, facts, settings));
  const left = facts.acl.filter((entry) => !taken.some((it) => sameEntry(it, entry)));
  const wide = desiredAccess({ ...settings, profile: 'full' }, facts.major);
  const why = `the profile "${settings.profile}" makes no templates`;
  const roles = wide.roles.filter(({ name }) => !desired.roles.some((it) => it.name === name));
  const pools = wide.pools.filter((pool) => !desired.pools.includes(pool));
  const entries = wide.acl.filter((entry) => !isAmong(desired.acl, entry) && !isAmong(facts.acl, entry));
  return joined([
    ...surplus.map((entry) =>
      taken.includes(entry)
        ? removal(`entry ${entryInWords(entry)}`, step({ kind: 'removeAcl', entry }), [why])
        : foreign(entry, facts, settings),
    ),
    ...roles.map(({ name }) => {
      const present = facts.roles.find((role) => role.name === name);
      if (present === undefined) return omitted(`role ${name}`, why);
      return roleRemoval(facts, present, settings, left, [why]);
    }),
    ...pools.map((name) => {
      const present = facts.pools.find(({ pool }) => pool === name);
      return present === undefined ? omitted(`pool ${name}`, why) : poolRemoval(present, [why]);
    }),
    ...entries.map((entry) => omitted(`entry ${entryInWords(entry)}`, why)),
  ]);
}

/** Entries of our user, and of our tokens that have entries of their own, that are not wanted. */
function surplusEntries({ acl, tokens }: AccessFacts, { user, acl: ofUser }: DesiredAccess): AclEntry[] {
  const wanted = new Map([[user, ofUser]]);
  for (const token of tokens) {
    if (token.privilegeSeparation && isMarked(token))
      wanted.set(token.tokenId, entriesOfToken(ofUser, token.tokenId));
  }
  return acl.filter((entry) => {
    const ofSubject = wanted.get(entry.subject);
    return ofSubject !== undefined && !isAmong(ofSubject, entry);
  });
}

/**
 * Entries have no mark: ours are those that one profile or another makes with the present settings. Of a user that was
 * made by somebody else nothing is taken away.
 */
function isOurs(entry: AclEntry, facts: AccessFacts, settings: AccessSettings): boolean {
  if (!isUserOurs(facts, settings)) return false;
  const made = entriesOfProfiles(settings, facts.major);
  return isAmong(made, entry) || isAmong(entriesOfToken(made, entry.subject), entry);
}

function isUserOurs({ users }: AccessFacts, { user }: AccessSettings): boolean {
  const known = users.find((it) => it.user === user);
  return known !== undefined && isMarked(known);
}

function foreign(entry: AclEntry, facts: AccessFacts, settings: AccessSettings): Partial<AccessOutline> {
  const warning = `${entry.subject} also has ${entryInWords(entry)}, which changes what the token may do there.`;
  const why = isUserOurs(facts, settings)
    ? 'no profile makes it with the present configuration'
    : 'its user was made by somebody else';
  return { ...leaving(`entry ${entryInWords(entry)}`, why), warnings: [warning] };
}

function omitted(what: string, why: string): Partial<AccessOutline> {
  const item: AccessItem = { what, state: 'omit', details: [`not made: ${why}`] };
  return { items: [item] };
}

function isAmong(entries: readonly AclEntry[], entry: AclEntry): boolean {
  return entries.some((it) => sameEntry(it, entry));
}
