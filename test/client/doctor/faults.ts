import { readFileSync, writeFileSync } from 'node:fs';
import type { ScenarioInput } from '../../../simulator';
import { sharedGuest, testToken, type ProxmoxVersion } from '../../e2e/support/scenario';
import { labRole, type CheckupLab, type LabConfig } from '../../activities/doctor/support/checkupLab';

/** What a fault makes of the Temporal side. */
export interface InstallationFault {
  readonly attributes?: 'missing';
  readonly worker?: 'none' | 'other version';
}

/** One fault that can be planted, alone or beside others. */
export interface Fault {
  readonly scenario?: (scenario: ScenarioInput) => ScenarioInput;
  /** Done to the running cluster; what it gives becomes part of the configuration. */
  readonly plant?: (lab: CheckupLab) => Promise<Partial<LabConfig>> | Partial<LabConfig>;
  readonly config?: LabConfig;
  /** Done to the written configuration. */
  readonly spoil?: (file: string) => void;
  readonly installation?: InstallationFault;
  /** Its findings: status, check, where, and what is said. */
  readonly finds: (version: ProxmoxVersion) => readonly (readonly [string, RegExp])[];
}

type Node = ScenarioInput['nodes'][number];

function ofNode(name: string, change: Partial<Node>): (scenario: ScenarioInput) => ScenarioInput {
  return (scenario) => ({
    ...scenario,
    nodes: scenario.nodes.map((node) => (node.name === name ? { ...node, ...change } : node)),
  });
}

function ofStorage(
  change: Partial<NonNullable<ScenarioInput['storages']>[number]>,
): (scenario: ScenarioInput) => ScenarioInput {
  return (scenario) => ({
    ...scenario,
    storages: (scenario.storages ?? []).map((it) => (it.id === 'local-lvm' ? { ...it, ...change } : it)),
  });
}

/** The planted faults; each is about another node than those that could hide it, so far as there are enough. */
export const faults = {
  'config typo': {
    spoil: (file) => writeFileSync(file, readFileSync(file, 'utf8').replace('defaults:', 'defualts:')),
    finds: () => [['failed config', /defualts.*|unknown/]],
  },
  'token expired': {
    scenario: (scenario) => ({
      ...scenario,
      access: {
        ...scenario.access,
        users: [
          {
            id: 'claude-code@pve',
            tokens: [{ id: 'automation', secret: testToken.secret, expire: 1_000_000 }],
          },
        ],
      },
    }),
    finds: (version) => [
      [
        'failed token cluster',
        version === '9' ? /it is expired, wrong or removed/ : /token 'automation' access expired/,
      ],
    ],
  },
  'token without a privilege': {
    plant: ({ simulator }) => {
      simulator.control.cluster.access.roles.get(labRole)?.privileges.delete('VM.Migrate');
      return {};
    },
    finds: () => [['failed privileges /vms', /lacks VM\.Migrate on \/vms: needed by "evacuate a node"/]],
  },
  'one node down': {
    scenario: ofNode('pve03', { power: 'off' }),
    finds: () => [['failed nodes pve03', /does not answer at 127\.0\.0\.1/]],
  },
  "one node's certificate changed": {
    plant: async ({ simulator }) => {
      const before = simulator.nodes[1]?.fingerprintSha256 ?? '';
      await simulator.control.changeCertificate('pve02');
      return { pins: { pve02: before } };
    },
    finds: () => [['failed certificates pve02', /its certificate has changed: expected .*, got /]],
  },
  'certificate expires in 5 days': {
    plant: async ({ simulator }) => {
      const validForSeconds = 5 * 24 * 3600 + 3600;
      return { pins: { pve01: await simulator.control.changeCertificate('pve01', { validForSeconds }) } };
    },
    finds: () => [['warning certificates pve01', /its certificate expires in 5 days/]],
  },
  'SSH host key changed': {
    plant: ({ simulator }) => {
      simulator.control.changeHostKey('pve02');
      return {};
    },
    finds: () => [['failed hostKeys pve02', /the host key has changed: known .*; shown ssh-ed25519/]],
  },
  'no quorum': {
    plant: ({ simulator }) => {
      simulator.control.loseQuorum();
      return {};
    },
    finds: () => [['failed quorum cluster', /there is no quorum/]],
  },
  'mixed versions': {
    scenario: ofNode('pve02', { exact_version: { version: '8.4.14' } }),
    finds: () => [['warning versions cluster', /pve02 8\.4\.14/]],
  },
  'clock off by 40 s': {
    scenario: (scenario) => ofNode('pve02', { clock_offset: 40 })(scenario),
    finds: () => [['failed clocks pve02', /its clock is (39|40|41) s ahead/]],
  },
  'storage missing on a node': {
    scenario: ofStorage({ nodes: ['pve01', 'pve03'] }),
    finds: () => [['failed storages local-lvm on pve02', /local-lvm is missing on pve02/]],
  },
  'storage without a needed content type': {
    scenario: ofStorage({ content: ['rootdir'] }),
    finds: () => [['failed storages local-lvm', /does not take the content "images"/]],
  },
  'bridge missing on a node': {
    scenario: (scenario) => ofNode('pve02', { bridges: ['vmbr9'] })(scenario),
    finds: () => [['failed bridges vmbr0 on pve02', /vmbr0 is missing on pve02/]],
  },
  'VMID range full': {
    config: { vms: '1001-1002' },
    finds: () => [['failed vmidRanges vmid_ranges.vms', /1001-1002 is full/]],
  },
  'a lock without a task': {
    scenario: (scenario) => ({
      ...scenario,
      guests: [sharedGuest(1001, { lock: 'migrate' }), sharedGuest(1002, { node: 'pve02' })],
    }),
    finds: () => [['failed locks VM 1001 (app-1001)', /locked \(migrate\) on pve01, and no task/]],
  },
  'Temporal without the search attributes': {
    installation: { attributes: 'missing' },
    finds: () => [['failed searchAttributes', /search attributes are missing: PveCluster/]],
  },
  'no worker': {
    installation: { worker: 'none' },
    finds: () => [['failed worker', /no worker asks/]],
  },
  'worker of another version': {
    installation: { worker: 'other version' },
    finds: () => [['warning workerVersion', /has the version 0\.0\.1, this pxm/]],
  },
} as const satisfies Record<string, Fault>;
/** Name of a fault. */
export type FaultName = keyof typeof faults;

/** Every name. */
export const faultNames = Object.keys(faults).filter((name): name is FaultName => name in faults);

/** Pairs that can't be, or can't both be seen: the first is found, and the checks of the second are not made. */
export interface HiddenPair {
  readonly found: FaultName;
  readonly hidden: readonly FaultName[];
  readonly reason: string;
}

const ofTheCluster: readonly FaultName[] = [
  ...(['token without a privilege', 'no quorum', 'mixed versions', 'clock off by 40 s'] as const),
  ...(['storage missing on a node', 'storage without a needed content type'] as const),
  ...(['bridge missing on a node', 'VMID range full', 'a lock without a task'] as const),
];

/** See HiddenPair. */
export const hiddenPairs: readonly HiddenPair[] = [
  {
    found: 'config typo',
    hidden: [
      ...ofTheCluster,
      ...(['token expired', 'one node down', "one node's certificate changed"] as const),
      ...(['certificate expires in 5 days', 'SSH host key changed', 'no worker'] as const),
      'worker of another version',
    ],
    reason: 'the configuration says which cluster, nodes and workers to look at',
  },
  {
    found: 'token expired',
    hidden: ofTheCluster,
    reason: 'the API tells nothing without a token',
  },
];

/** Pairs that can't exist. */
export const impossiblePairs: readonly (readonly [FaultName, FaultName, string])[] = [
  ['no worker', 'worker of another version', 'either there is a worker or there is none'],
];
