import type { Finding } from '../../../domain/checkup';
import type { ProxmoxMajor } from '../../../domain/access';
import { buildsPath, buildsPool, buildsRole, importStorageRole } from '../../../planning/access/desired';
import { buildPrivilegesOf, privilegesOf } from '../../../planning/access/privileges';
import {
  importNeed,
  operationWords,
  privilegeNeeds,
  type OperationWord,
  type PrivilegeNeed,
} from '../../../planning/privilegeNeeds';
import { missingPrivileges, type PrivilegesByPath } from '../../inspection/privileges';
import type { CheckupFacts } from '../facts/facts';
import { failed, listed, ok, unknown, warning } from '../finding';
import { foreignToken, foreignUserOf, type Lacking } from './foreignToken';

/**
 * One finding for each privilege that is missing somewhere, with the operations that need it; one for the whole second
 * role if nothing of it is there, and one for all of it if the token is not of our user.
 */
export function checkPrivileges(facts: CheckupFacts): Finding[] {
  const { privileges } = facts;
  if (!privileges.known) return [unknown('privileges', 'cluster', privileges)];
  const needs = needsOf(facts);
  const builds = needs.filter(({ path }) => path === buildsPath);
  const hasNoBuilds =
    builds.length > 0 && builds.every((need) => placesOf(need, privileges.value).length > 0);
  const names = [...new Set(needs.map(({ privilege }) => privilege))];
  const findings = names.flatMap((name) => {
    const lacking = needs
      .filter((need) => need.privilege === name && !(hasNoBuilds && builds.includes(need)))
      .map((need) => ({ need, places: placesOf(need, privileges.value) }))
      .filter(({ places }) => places.length > 0);
    return lacking.length === 0 ? [] : [lackingFinding(name, lacking, facts, privileges.value)];
  });
  const all = `the token may do all that the profile "${facts.config.access.profile}" is for`;
  const found = [...findings, ...(hasNoBuilds ? [noBuilds(builds, facts)] : [])];
  if (found.length === 0) return [ok('privileges', 'cluster', all)];
  const foreign = foreignUserOf(facts);
  if (foreign === undefined) return found;
  const isGrave = found.some(({ status }) => status === 'failed');
  const lacking = needs.map((need) => ({ need, places: placesOf(need, privileges.value) }));
  return [foreignToken(foreign, lacking, facts, isGrave ? 'failed' : 'warning')];
}

/** What the configured profile is for, on this version. */
function needsOf(facts: CheckupFacts): readonly PrivilegeNeed[] {
  const { profile, importStorage } = facts.config.access;
  const major = majorOf(facts);
  const wanted = [...privilegesOf(profile, major), ...buildPrivilegesOf(profile, major)];
  return [
    ...privilegeNeeds.filter((need) => wanted.some(({ privilege }) => privilege === need.privilege)),
    ...(profile === 'full' && importStorage !== undefined ? [importNeed(importStorage)] : []),
  ];
}

function placesOf({ privilege, path, below }: PrivilegeNeed, held: PrivilegesByPath): readonly string[] {
  return missingPrivileges(held, { path, below, privileges: [privilege] }).map((text) =>
    text.slice(`${privilege} on `.length),
  );
}

function lackingFinding(
  privilege: string,
  lacking: readonly Lacking[],
  facts: CheckupFacts,
  held: PrivilegesByPath,
): Finding {
  const places = [...new Set(lacking.flatMap((it) => it.places))];
  const shown = [...places.slice(0, 5), ...(places.length > 5 ? [`${places.length - 5} more`] : [])];
  const operations = operationsOf(lacking.map(({ need }) => need));
  const goals = titlesOf(operations);
  const isReplaced = lacking.every(({ need }) => isMetOtherwise(need, held));
  const what = `the token lacks ${privilege} on ${listed(shown)}: needed by ${goals}`;
  const commands = [...new Set(lacking.map(({ need }) => grantCommand(need, facts.config)))].join(' or ');
  const grant = `As root on a node: ${commands}\nOr let it be compared and mended as a whole: pxm bootstrap`;
  const isNeededNow = operations.some(({ available }) => available) && !isReplaced;
  return (isNeededNow ? failed : warning)('privileges', places[0] ?? 'cluster', what, grant);
}

/** As bootstrap would give it: by the role of the place, on the storage of images by the built-in role. */
function grantCommand({ privilege, path }: PrivilegeNeed, { access }: CheckupFacts['config']): string {
  const { user, role, importStorage } = access;
  if (importStorage !== undefined && path === importNeed(importStorage).path)
    return `pveum acl modify ${path} --users ${user} --roles ${importStorageRole}`;
  const given = path === buildsPath ? buildsRole(role) : role;
  return `pveum role modify ${given} --append 1 --privs ${privilege}`;
}

/** The pool, its role or the entry has never been made: an older bootstrap, a narrower one, or one by hand. */
function noBuilds(builds: readonly PrivilegeNeed[], { config }: CheckupFacts): Finding {
  const { user, role } = config.access;
  const name = buildsRole(role);
  const privileges = builds.map(({ privilege }) => privilege);
  const operations = operationsOf(builds);
  const what = `the token lacks ${listed(privileges)} on ${buildsPath}: needed by ${titlesOf(operations)} (the second role, ${name})`;
  const remedy = [
    'Let it be set up: pxm bootstrap',
    'Or as root on a node:',
    `pveum pool add ${buildsPool}`,
    `pveum role add ${name} --privs "${privileges.join(' ')}"`,
    `pveum acl modify ${buildsPath} --users ${user} --roles ${name}`,
  ].join('\n');
  const isNeededNow = operations.some(({ available }) => available);
  return (isNeededNow ? failed : warning)('privileges', buildsPath, what, remedy);
}

type Operation = (typeof operationWords)[OperationWord];

function operationsOf(needs: readonly PrivilegeNeed[]): readonly Operation[] {
  return [...new Set(needs.flatMap(({ operations }) => operations))].map((it) => operationWords[it]);
}

function titlesOf(operations: readonly Operation[]): string {
  return listed(operations.map(({ title }) => `"${title}"`));
}

function isMetOtherwise({ insteadOf, path, below }: PrivilegeNeed, held: PrivilegesByPath): boolean {
  if (insteadOf === undefined) return false;
  return missingPrivileges(held, { path, below, privileges: [insteadOf] }).length === 0;
}

/** Both majors know the same privileges but for two; of an unknown version the newest is taken. */
function majorOf({ nodes }: CheckupFacts): ProxmoxMajor {
  const [first] = nodes.flatMap(({ answer }) => (answer.known ? [answer.value] : []));
  return first?.startsWith('8.') === true ? 8 : 9;
}
