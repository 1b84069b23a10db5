import type { GuestTruth } from '../../simulator/control/truth';
import { loadClusterConfig } from '../../src/config/load';
import { createCredentialProvider } from '../../src/credentials/provider';
import { createCredentialStore } from '../../src/credentials/store';
import type { MemberMarker } from '../../src/domain/cluster/member';
import type { ClusterPlan } from '../../src/domain/cluster/plan';
import { parseMemberMarker, printMemberMarker } from '../../src/planning/cluster/marker';
import { beginGuestTask } from '../../src/proxmox/api/build';
import { createProxmoxClient } from '../../src/proxmox/client';
import { setClusterStage, type ClusterStage, type RunningChange } from './support/clusterStage';
import { proxmoxVersions } from './support/scenario';
import { everyVmid } from './support/templateStage';

let stage: ClusterStage;
afterEach(async () => stage.close());

/** Somebody who takes the VMID of a member. */
interface Stranger {
  readonly title: string;
  /** Comes only after the last look at the member, right before its protection is taken off; else while it is shut down. */
  readonly isLate?: true;
  readonly come: (was: GuestTruth) => Promise<void> | void;
  /** What the question says then. */
  readonly says: RegExp;
}

type Keys = Readonly<Record<string, string | undefined>>;

const control = () => stage.lab.simulator.control;
const otherUuid = 'uuid=5d2f6c7a-0000-4000-8000-000000000777';
const first = 1000;

/** Stopped, so that nothing but who it is keeps it; the member's whole configuration (name, tags, marker, uuid) but for some keys. */
function like(was: GuestTruth, keys: Keys, place: { readonly node?: string; readonly vmid?: number } = {}) {
  const given = Object.entries({ ...was.config, ...keys });
  const config = Object.fromEntries(
    given.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  const { vmid, node } = was;
  control().addGuest({ vmid, node, status: 'stopped', verbatim: true, config, ...place });
}

/** The description of a member, with a marker that says otherwise. */
function described(was: GuestTruth, otherwise: Partial<MemberMarker>): string {
  const marker = parseMemberMarker(was.config['description']);
  if (marker === undefined) throw new Error(`VM ${was.vmid} has no marker`);
  return printMemberMarker({ ...marker, ...otherwise });
}

/** Really clones, as somebody would by hand, and gives the clone name and tags of the member. */
async function cloneOf(source: { readonly node: string; readonly vmid: number }, was: GuestTruth) {
  const { cluster, credentials } = loadClusterConfig(stage.lab.configFile);
  const store = createCredentialStore(createCredentialProvider(credentials));
  const client = createProxmoxClient({ cluster, credentials: store });
  await beginGuestTask(client, source, 'clone', { newid: was.vmid, name: was.name });
  await control().waitFor(
    () => everyVmid(stage).includes(was.vmid) && control().guest(was.vmid).lock === undefined,
    `the clone ${was.vmid}`,
  );
  control().setGuest(was.vmid, { config: { tags: was.config['tags'] ?? '' } });
  await client.close();
}

const strangers: readonly Stranger[] = [
  {
    title: 'another uuid, all else the same',
    come: (was) => like(was, { smbios1: otherUuid }),
    says: /SMBIOS uuid is .*777.*another machine/,
  },
  {
    title: 'the same, after the last look',
    isLate: true,
    come: (was) => like(was, { smbios1: otherUuid }),
    says: /SMBIOS uuid is .*777.*another machine/,
  },
  {
    title: 'a clone of another member, which copied its marker',
    come: (was) => cloneOf(control().guest(first), was),
    says: /another machine/,
  },
  {
    title: 'the marker of another member, under the right uuid',
    come: (was) => like(was, { description: described(was, { vmid: first }) }),
    says: /its marker is that of VM 1000: it is a clone of it/,
  },
  {
    title: 'on another node',
    come: (was) => like(was, { smbios1: otherUuid }, { node: was.node === 'pve03' ? 'pve01' : 'pve03' }),
    says: /on pve0\d is not .*another machine/,
  },
  {
    title: 'a clone of the template, with its description',
    come: (was) => cloneOf({ node: was.node, vmid: 899 + Number(was.node.slice(-1)) }, was),
    says: /another machine/,
  },
  {
    title: 'the member out of a backup, called otherwise, after the last look',
    isLate: true,
    come: (was) => like(was, { name: 'database' }),
    says: /it is called database/,
  },
  {
    title: 'without a readable uuid, all else the same',
    come: (was) => like(was, { smbios1: undefined }),
    says: /its SMBIOS uuid is missing/,
  },
  {
    title: 'of a former cluster of this name',
    come: (was) => like(was, { description: described(was, { instance: 'instance-0' }) }),
    says: /the instance instance-0, not/,
  },
  {
    title: 'of another run',
    come: (was) => like(was, { description: described(was, { run: 'run-0' }) }),
    says: /the run run-0, not/,
  },
  {
    title: 'the same tags and name, and nothing else, after the last look',
    isLate: true,
    come: (was) => like(was, { description: undefined, smbios1: otherUuid }),
    says: /another machine/,
  },
  {
    title: 'one of two machines with the same marker',
    come(was) {
      like(was, { smbios1: otherUuid });
      const itself = { description: described(was, { vmid: 1900 }), scsi0: undefined, ide2: undefined };
      like(was, itself, { vmid: 1900 });
    },
    says: /another machine/,
  },
];

/** Two members stay what they are: the first one, of which a clone is made, and the last. */
const traps = strangers.map((stranger, at) => ({ ...stranger, vmid: first + 1 + at }));
const profile = [
  ...['name: lab', 'type: plain', 'template: debian-13', 'tags: [lab]'],
  ...['roles:', `  worker: { count: ${strangers.length + 2}, cores: 1, memory: 1GiB }`, ''],
].join('\n');

/** Catches each member at its moment: its shutdown is begun and its end not told yet, or it was looked at for the last time. */
function caught(vmid: number, isLate = false) {
  const machine = `/nodes/*/qemu/${vmid}`;
  return isLate
    ? control().holdRequest({ method: 'PUT', path: `${machine}/config` }, 'before handling')
    : control().holdRequest({ method: 'POST', path: `${machine}/status/shutdown` }, 'before answering');
}

/** Answers every question: what was refused for another reason is tried again, a stranger is passed over. */
async function passedOver(running: RunningChange): Promise<ReadonlyMap<number, string>> {
  const said = new Map<number, string>();
  while (said.size < traps.length) {
    const decision = await running.decision();
    const isStranger = decision.problem.code === 'PlanDrifted';
    if (isStranger) said.set(decision.vmid ?? 0, decision.problem.failed);
    await running.decide(decision, isStranger ? 'skip' : 'retry');
  }
  return said;
}

/** What was changed of a machine, or tried to be: method, and whether it was refused. */
function changesOf(vmid: number): readonly string[] {
  return control()
    .requests()
    .filter(({ method, path }) => method !== 'GET' && path.includes(`/qemu/${vmid}`))
    .map(
      ({ method, path, status }) =>
        `${method} ${path.split('/').at(-1) ?? ''} ${status === 200 ? 'done' : 'refused'}`,
    );
}

test.each(proxmoxVersions)(
  'on Proxmox VE %s whoever has the VMID of a member by the time of its deletion lives, whatever it looks like',
  async (version) => {
    stage = await setClusterStage(version);
    stage.writeProfile('lab', profile);
    await stage.change('lab', 'create');
    const holds = [caught(first, true), ...traps.map(({ vmid, isLate }) => caught(vmid, isLate))];
    const running = await stage.ask('lab', 'destroy', { now: true });
    await running.approved();
    await Promise.all(holds.map(async ({ arrived }) => arrived));
    await control().waitFor(
      () => control().runningTasks({ type: 'qmshutdown' }).length === 0,
      'all shutdowns',
    );
    for (const { vmid, come } of traps) {
      const was = control().guest(vmid);
      control().removeGuest(vmid);
      await come(was);
    }
    const before = [...traps.map(({ vmid }) => vmid), 1900].map((vmid) => control().guest(vmid));
    for (const hold of holds) hold.release();

    const said = await passedOver(running);
    const report = await running.report();
    expect(report.outcome).toBe('incomplete');
    for (const { title, vmid, says } of traps)
      expect([title, said.get(vmid)]).toEqual([title, expect.stringMatching(says)]);
    expect(report.machines.map(({ outcome }) => outcome)).toEqual([
      'deleted',
      ...traps.map(() => 'kept'),
      'deleted',
    ]);
    const after = before.map(({ vmid }) => control().guest(vmid));
    expect(after).toEqual(before);

    const again = await stage.ask('lab', 'destroy', { now: true });
    expect(await again.report()).toMatchObject({ outcome: 'incomplete', steps: [] });
    const { leftAlone } = await again.handle.query<ClusterPlan>('plan');
    expect(leftAlone.map(({ vmid }) => vmid)).toEqual(before.map(({ vmid }) => vmid));
    expect(before.map(({ vmid }) => control().guest(vmid))).toEqual(before);
    for (const { vmid, isLate } of traps) {
      expect(changesOf(vmid).at(-1)).toBe(isLate === true ? 'PUT config refused' : 'POST shutdown done');
    }
  },
);
