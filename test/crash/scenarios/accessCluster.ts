import type { ScenarioInput } from '../../../simulator';
import type { AccessSettings } from '../../../src/config/clusterConfig';
import { desiredAccess, entriesOfToken } from '../../../src/planning/access/desired';
import { markOf } from '../../../src/planning/access/marks';

/** The user of the operations on access. */
export const user = 'claude-code@pve';
/** The first token's name in full. */
export const firstToken = `${user}!automation`;
/** Where the token is stored. */
export const entry = 'crash/api-token';
/** Value of the token that is there before rotation and undo. */
const givenSecret = '7d1b9f0a-52ce-4c7b-9f58-2b1a60d3c9e4';
/** The entry's content before them. */
export const givenEntry = `${firstToken}\n${givenSecret}\n`;

type Version = '8.4' | '9';
type Access = NonNullable<ScenarioInput['access']>;
type Entries = NonNullable<Access['acl']>;

/** Of somebody else: no operation may touch them. */
const foreign = {
  users: [
    {
      id: 'auditor@pve',
      comment: 'of the auditors',
      tokens: [{ id: 'read', secret: '0b7e2c55-91d4-4a0f-8d6e-6f6cf4a7c1aa' }],
    },
  ],
  roles: [{ id: 'Auditors', privileges: ['VM.Audit', 'Sys.Audit'] }],
  acl: [{ path: '/vms', user: 'auditor@pve', role: 'Auditors' }],
  pools: [{ id: 'prod', comment: 'production' }],
};

/** What the truth names of somebody else, and of root. */
export const foreignTruth = [
  'role Auditors',
  'user auditor@pve',
  'token auditor@pve!read',
  'user root@pam',
  'entry Auditors on /vms for auditor@pve',
  'pool prod',
];

/** Two nodes on which only somebody else has an access. */
export function untouchedCluster(version: Version): ScenarioInput {
  const { pools, ...access } = foreign;
  return { version, nodes: [{ name: 'pve01' }, { name: 'pve02' }], access, pools };
}

/** The same after a bootstrap: what the product's own plan gives, with its mark. */
export function bootstrappedCluster(version: Version, privilegeSeparation: boolean): ScenarioInput {
  const settings: AccessSettings = {
    ...{ user, role: 'ClaudeCodeManager', token: 'automation', profile: 'full', privilegeSeparation },
  };
  const { roles, pools, acl } = desiredAccess(settings, version === '9' ? 9 : 8);
  const comment = markOf('crash');
  const token = { id: 'automation', secret: givenSecret, privsep: privilegeSeparation, comment };
  const entries = privilegeSeparation ? [...acl, ...entriesOfToken(acl, firstToken)] : acl;
  const untouched = untouchedCluster(version);
  return {
    ...untouched,
    access: {
      users: [...foreign.users, { id: user, comment, tokens: [token] }],
      roles: [
        ...foreign.roles,
        ...roles.map(({ name, privileges }) => ({ id: name, privileges: [...privileges] })),
      ],
      acl: [
        ...foreign.acl,
        ...entries.map(({ path, kind, subject, role }): Entries[number] => ({
          ...{ path, role },
          ...(kind === 'token' ? { token: subject } : { user: subject }),
        })),
      ],
    },
    pools: [...foreign.pools, ...pools.map((id) => ({ id, comment }))],
  };
}
