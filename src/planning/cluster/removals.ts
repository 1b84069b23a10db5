import type { LeftAlone } from '../../domain/cluster/plan';
import type { ClusterLook } from './facts';
import { meantOf, type JudgedMember } from './members';
import { asideNameOf } from './names';
import type { RemovalOutline } from './outline';
import { newestSnapshot } from './seen';

/** Members that go, those that can't, and what a person should know. */
export interface Removals {
  readonly removals: readonly RemovalOutline[];
  /** Each of them was meant. */
  readonly leftAlone: readonly LeftAlone[];
  readonly warnings: readonly string[];
}

/** Which of these members may be touched. Whatever speaks against it leaves one alone; the others go all the same. */
export function removalsOf(wanted: readonly JudgedMember[], look: ClusterLook): Removals {
  const removals: RemovalOutline[] = [];
  const leftAlone: LeftAlone[] = [];
  const warnings: string[] = [];
  for (const judged of wanted) {
    if (judged.state === 'gone') continue;
    const because = untouchable(judged, look);
    if (because !== undefined || judged.state !== 'ours') {
      leftAlone.push(meantOf({ member: judged.member, because: because ?? '' }, look));
      continue;
    }
    const { member, seen } = judged;
    const { volumes, running, protection } = seen;
    const asideName = member.state === 'aside' ? member.name : asideNameOf(member.name);
    const snapshot = newestSnapshot(seen.keys);
    const removal = {
      ...{ member, volumes, running, protection, asideName },
      ...(snapshot === undefined ? {} : { snapshot }),
    };
    removals.push({ removal, seen });
    warnings.push(...warningsOf(judged));
  }
  return { removals, leftAlone, warnings };
}

/** Why a member can't be stopped, renamed or deleted, with what helps; undefined: it can. */
export function untouchable(judged: JudgedMember, { haManaged }: ClusterLook): string | undefined {
  if (judged.state === 'gone') return 'it is not there';
  if (judged.state !== 'ours') return judged.because;
  const { vmid, lock, template } = judged.seen;
  if (haManaged.includes(vmid)) {
    return `HA manages it and would start it again: take it out (ha-manager remove vm:${vmid}), then make a new plan`;
  }
  if (lock !== undefined) {
    return `it is locked (${lock}): wait until that task is over, then make a new plan; a lock left by a dead task is removed on its node with qm unlock ${vmid}`;
  }
  return template ? 'it was made a template' : undefined;
}

function warningsOf({ member, seen }: Extract<JudgedMember, { readonly state: 'ours' }>): readonly string[] {
  return newestSnapshot(seen.keys) === undefined
    ? []
    : [`${member.name} (VM ${member.vmid}) has snapshots: they are deleted with it.`];
}
