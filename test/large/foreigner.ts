import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Simulator } from '../../simulator';
import type { GuestTruth } from '../../simulator/control/truth';
import { send } from '../simulator/client';

/** The token of somebody who knows nothing of leases. */
export const foreignToken = { id: 'foreigner@pve!scripts', secret: '5f2c1d1e-8a39-4f63-9a30-3f4bd2f0c777' };

/** A guest that somebody else made. */
interface Stranger {
  readonly vmid: number;
  /** As it was once it was made. */
  readonly was: GuestTruth;
  /** An operation of ours had its VMID leased by then. */
  readonly wasLeased: boolean;
}

/** Somebody who makes guests beside us. */
export interface Foreigner {
  /** Makes no more; all that were made. Rejects if one was not what it should be as soon as it was made. */
  stop(): Promise<readonly Stranger[]>;
  /** Strangers that are gone, or other than they were made: configuration, node, status, lock, where they ever ran, volumes. */
  touched(guests: ReadonlyMap<number, GuestTruth>): readonly Stranger[];
  /** How often somebody of ours asked in vain for a VMID that a stranger has. */
  collisions(): number;
}

const strangersAtMost = 20;
/** One for so many clones of ours: all along, and each takes the lowest VMID that is free, which is leased but not cloned yet. */
const clonesEach = 9;
const lookEveryMs = 50;
const nextId = z.object({ data: z.coerce.number() });
const taskBegun = z.object({ data: z.string() });

/** Asks `/cluster/nextid` and makes a guest of that VMID, again and again, on one node after the other. */
export function startForeigner(
  simulator: Simulator,
  isLeased: (vmid: number) => Promise<boolean>,
): Foreigner {
  const { control } = simulator;
  const authorization = `PVEAPIToken=${foreignToken.id}=${foreignToken.secret}`;
  const strangers: Stranger[] = [];
  const stopping = new AbortController();

  const clones = () =>
    control.requests().filter(({ method, path }) => method === 'POST' && path.endsWith('/clone'));

  async function makeOne(node: string): Promise<void> {
    const answer = await send(simulator, { path: '/cluster/nextid', authorization });
    const vmid = nextId.parse(answer.json).data;
    const form = { vmid: String(vmid), name: `foreign-${vmid}`, memory: '512', tags: 'worker' };
    const path = `/nodes/${node}/qemu`;
    const { status, json } = await send(simulator, { method: 'POST', node, path, form, authorization });
    // Somebody was faster.
    if (status !== 200) return;
    const { data: upid } = taskBegun.parse(json);
    await control.waitFor(() => control.runningTasks({ upid }).length === 0, 'the end of it');
    // Somebody was faster, which only the task has found.
    if (control.cluster.tasks.all().find((task) => task.upid === upid)?.exitStatus !== 'OK') return;
    const was = control.guest(vmid);
    if (was.name !== form.name) throw new Error(`VM ${vmid} of a stranger is called ${was.name}`);
    strangers.push({ vmid, was, wasLeased: await isLeased(vmid) });
  }

  async function makeMany(): Promise<void> {
    const nodes = simulator.nodes.map(({ name }) => name);
    for (let at = 0; !stopping.signal.aborted && strangers.length < strangersAtMost;) {
      if (clones().length > clonesEach * strangers.length) {
        await makeOne(nodes[at % nodes.length] ?? '');
        at += 1;
      }
      await delay(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const making = makeMany();
  // Whoever stops it is told.
  making.catch(() => undefined);
  return {
    async stop() {
      stopping.abort();
      await making;
      return strangers;
    },
    touched: (guests) => strangers.filter(({ vmid, was }) => !isDeepStrictEqual(guests.get(vmid), was)),
    collisions() {
      const vmids = new Set(strangers.map(({ vmid }) => String(vmid)));
      return clones().filter(({ parameters }) => vmids.has(String(parameters['newid']))).length;
    },
  };
}
