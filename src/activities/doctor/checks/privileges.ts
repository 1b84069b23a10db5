import type { Finding } from '../../../domain/checkup';
import type { ProxmoxMajor } from '../../../domain/access';
import { privilegesOf } from '../../../planning/access/privileges';
import { operationWords, privilegeNeeds, type PrivilegeNeed } from '../../../planning/privilegeNeeds';
import { missingPrivileges, type PrivilegesByPath } from '../../inspection/privileges';
import type { CheckupFacts } from '../facts/facts';
import { failed, listed, ok, unknown, warning } from '../finding';

/** One finding for each privilege that is missing somewhere, with the operations that need it. */
export function checkPrivileges(facts: CheckupFacts): Finding[] {
  const { privileges } = facts;
  if (!privileges.known) return [unknown('privileges', 'cluster', privileges)];
  const { profile } = facts.config.access;
  const wanted = new Set(privilegesOf(profile, majorOf(facts)).map(({ privilege }) => privilege));
  const needs = privilegeNeeds.filter(({ privilege }) => wanted.has(privilege));
  const names = [...new Set(needs.map(({ privilege }) => privilege))];
  const findings = names.flatMap((name) => {
    const lacking = needs
      .filter(({ privilege }) => privilege === name)
      .map((need) => ({ need, places: placesOf(need, privileges.value) }))
      .filter(({ places }) => places.length > 0);
    return lacking.length === 0 ? [] : [lackingFinding(name, lacking, facts, privileges.value)];
  });
  const all = `the token may do all that the profile "${profile}" is for`;
  return findings.length > 0 ? findings : [ok('privileges', 'cluster', all)];
}

interface Lacking {
  readonly need: PrivilegeNeed;
  readonly places: readonly string[];
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
  const operations = [...new Set(lacking.flatMap(({ need }) => need.operations))].map(
    (it) => operationWords[it],
  );
  const goals = listed(operations.map(({ title }) => `"${title}"`));
  const isReplaced = lacking.every(({ need }) => isMetOtherwise(need, held));
  const what = `the token lacks ${privilege} on ${listed(shown)}: needed by ${goals}`;
  const grant = `As root on a node: pveum role modify ${facts.config.access.role} --append 1 --privs ${privilege} . Or let it be compared and mended as a whole: pxm bootstrap`;
  const isNeededNow = operations.some(({ available }) => available) && !isReplaced;
  return (isNeededNow ? failed : warning)('privileges', places[0] ?? 'cluster', what, grant);
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
