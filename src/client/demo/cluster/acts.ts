import type { ClusterRequest } from '../../../domain/cluster/request';
import type { RequestPattern } from './lostAnswer';
import { demoProfile, replacedMachine } from './profile';

/** One operation of the story. */
export interface DemoAct {
  readonly title: string;
  /** What a person would type. */
  readonly command: string;
  /** What it means. */
  readonly lines: readonly string[];
  readonly request: Pick<ClusterRequest, 'action' | 'counts' | 'machines'>;
  /** The worker is killed once the first such request is done and not answered yet. */
  readonly lost: RequestPattern;
}

/** The acts by name, in their order. */
export const demoActs = {
  create: {
    title: 'Create',
    command: `pxm cluster create ${demoProfile}`,
    lines: [
      'It reads the profile and the cluster, and makes a plan. Nothing is changed before exactly this plan is approved.',
    ],
    request: { action: 'create' },
    lost: { method: 'POST', path: '/nodes/*/qemu/*/clone' },
  },
  scale: {
    title: 'Scale',
    command: `pxm cluster scale ${demoProfile} worker=2`,
    lines: [
      'The third worker goes: its pods are evicted, Talos wipes it, its node is deleted, and only then the machine - if VMID,',
      'SMBIOS uuid, marker and name are those of the one that was made.',
    ],
    request: { action: 'scale', counts: { worker: 2 } },
    lost: { method: 'DELETE', path: '/nodes/*/qemu/*' },
  },
  replace: {
    title: 'Replace',
    command: `pxm cluster replace ${demoProfile} ${replacedMachine}`,
    lines: [
      'A control plane goes, and a new machine gets its name and its address. Before it goes etcd is counted and saved; the new',
      'one joins the etcd that is there.',
    ],
    request: { action: 'replace', machines: [replacedMachine] },
    lost: { method: 'POST', path: '/nodes/*/qemu/*/status/start' },
  },
  destroy: {
    title: 'Destroy',
    command: `pxm cluster destroy ${demoProfile}`,
    lines: ['The machines are shut down and set aside under other names; for 24 hours nothing is deleted.'],
    request: { action: 'destroy' },
    lost: { method: 'PUT', path: '/nodes/*/qemu/*/config' },
  },
  undo: {
    title: 'Undo',
    command: `pxm cluster undo ${demoProfile}`,
    lines: ['It was not meant so: the machines get their names back and are started.'],
    request: { action: 'undo' },
    lost: { method: 'POST', path: '/nodes/*/qemu/*/status/start' },
  },
} as const satisfies Readonly<Record<string, DemoAct>>;
