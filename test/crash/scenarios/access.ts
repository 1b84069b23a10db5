import type { ScenarioInput } from '../../../simulator';
import type { AccessOperation } from '../../../src/domain/accessPlan';
import { accessWorkflowId } from '../../../src/domain/names';
import { isChange } from '../calls';
import { withRoot } from '../equipment/withRoot';
import { makeKeyring } from '../pass/store';
import { truthOf } from '../truth';
import {
  bootstrappedCluster,
  entry,
  firstToken,
  foreignTruth,
  givenEntry,
  untouchedCluster,
  user,
} from './accessCluster';
import { leakProblems, reportProblems, storeProblems } from './accessJudge';
import { startedAs } from './begin';
import type { CrashScenario } from './scenario';

/** What the scenarios on access differ in. */
interface AccessScenario extends Pick<CrashScenario, 'name' | 'title' | 'subset'> {
  readonly operation: AccessOperation;
  readonly cluster: ScenarioInput;
  readonly privilegeSeparation: boolean;
  /** The store's content before. */
  readonly stored?: string;
  /** What the truth names of ours afterwards; the token among it is the only one. */
  readonly leaves: readonly string[];
  readonly token?: string;
}

function accessScenario(given: AccessScenario): CrashScenario {
  const { name, title, subset, operation, cluster, privilegeSeparation, stored, token } = given;
  return {
    ...{ name, title, subset, cluster },
    speed: 50,
    prepare: makeKeyring,
    equip: withRoot({
      access: { privilege_separation: privilegeSeparation },
      entry,
      ...(stored === undefined ? {} : { stored }),
    }),
    begin: startedAs(operation, { requestedBy: 'crash matrix' }),
    workflowId: accessWorkflowId,
    // A read changes nothing, whether it was executed or not: it is tried where its answer gets lost.
    momentsOf: (call) => (isChange(call) ? ['request', 'answer', 'record', 'freeze'] : ['answer']),
    spread: { standby: 3, temporal: 3 },
    // Its activities run one after the other: the one that is at work makes the call.
    makes: () => true,
    referenceProblems(control) {
      const expected = [...foreignTruth, ...given.leaves, ...(token === undefined ? [] : [`token ${token}`])];
      const found = [...truthOf(control).keys()];
      return [
        ...expected.filter((it) => !found.includes(it)).map((it) => `there is no ${it}`),
        ...found.filter((it) => !expected.includes(it)).map((it) => `there is a ${it}`),
      ];
    },
    problems: (_control, result) => reportProblems(result),
    async remainsProblems(remains) {
      return [...(await storeProblems(remains, token)), ...(await leakProblems(remains))];
    },
  };
}

const role = 'ClaudeCodeManager';

/** From nothing to a token. */
export const bootstrap = accessScenario({
  name: 'bootstrap',
  title: 'bootstrapAccess on Proxmox VE 9: two nodes that nobody has set up, the token in `pass`',
  operation: 'bootstrapAccess',
  cluster: untouchedCluster('9'),
  privilegeSeparation: false,
  leaves: [
    ...[`role ${role}`, `role ${role}Builds`, `user ${user}`, 'pool pxm-builds'],
    ...[`entry ${role} on / for ${user}`, `entry ${role}Builds on /pool/pxm-builds for ${user}`],
  ],
  token: firstToken,
  subset: [
    { call: `SSH pveum user token add ${user} automation #1`, moments: ['answer'] },
    { call: `PASS insert ${entry}.new #1`, moments: ['freeze'] },
    { call: 'GET /version #1', moments: ['answer'] },
  ],
});

const secondToken = `${user}!automation-2`;

/** A second token in the place of the first, with entries of its own. */
export const rotate = accessScenario({
  name: 'rotate',
  title: 'rotateToken on Proxmox VE 8.4: a token with privilege separation, stored in `pass`',
  operation: 'rotateToken',
  cluster: bootstrappedCluster('8.4', true),
  privilegeSeparation: true,
  stored: givenEntry,
  leaves: [
    ...[`role ${role}`, `user ${user}`],
    ...[`entry ${role} on / for ${user}`, `entry ${role} on / for ${secondToken}`],
  ],
  token: secondToken,
  subset: [
    { call: `SSH pveum user token delete ${user} automation #1`, moments: ['request'] },
    { call: `PASS mv ${entry}.new ${entry} #1`, moments: ['answer'] },
    { call: 'GET /version #5', moments: ['answer'] },
  ],
});

/** Everything away. */
export const undo = accessScenario({
  name: 'undo',
  title: 'undoAccess on Proxmox VE 9: after a bootstrap, beside the access of somebody else',
  operation: 'undoAccess',
  cluster: bootstrappedCluster('9', false),
  privilegeSeparation: false,
  stored: givenEntry,
  leaves: [],
  subset: [
    { call: `SSH pveum role delete ${role} #1`, moments: ['record'] },
    { call: `PASS rm ${entry} #1`, moments: ['request'] },
    { call: 'GET /version #1', moments: ['answer'] },
  ],
});
