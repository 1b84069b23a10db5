import { z, type ZodType } from 'zod';

import type { ManagerError } from '../domain/errors';
import { openEnvelope, type ProxmoxAnswer } from './answer';
import { createContacts } from './contacts';
import { answerError, unreadableError, wireError, type Attempt } from './failures';
import { changeRequest, readRequest, signed, type UnsignedRequest } from './requests';
import { defaultTimeouts } from './timeouts';
import { createNodeTrust } from './trust';
import type { ChangeCall, ProxmoxClient, ProxmoxClientOptions, ReadCall, RequestCredentials } from './types';
import { createNodeWire, WireFailure, type NodeWire } from './wire';

export type { ProxmoxClient, ProxmoxClientOptions } from './types';

/** A node that can be asked. */
interface Contact {
  readonly name: string;
  readonly wire: NodeWire;
}

/** What one exchange brought: an answer of status 200, or why not, and whether another node may be asked. */
type Outcome =
  | { readonly answer: ProxmoxAnswer; readonly attempt: Attempt }
  | { readonly error: ManagerError; readonly otherNodeMayHelp: boolean };

/** Makes a client; nothing is connected before the first call. Throws ConfigInvalid for an unreadable CA file. */
export function createProxmoxClient(options: ProxmoxClientOptions): ProxmoxClient {
  const { cluster, credentials } = options;
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const limits = { concurrent: options.maxConcurrentRequestsPerNode ?? 8, connectMs: timeouts.connectMs };
  const nodes = cluster.nodes.map((node): Contact => {
    return { name: node.name, wire: createNodeWire(node, createNodeTrust(cluster, node), limits) };
  });
  const contacts = createContacts(nodes, timeouts.avoidMs);
  const counts = { reads: 0, polls: 0, changes: 0 };

  /** Sends; a read is repeated once where a kept connection broke: the server closes idle ones (behaviour: 1.1). */
  async function send(wire: NodeWire, request: UnsignedRequest, signedWith: RequestCredentials | undefined) {
    const sent = signed(request, signedWith);
    counts[request.counter] += 1;
    try {
      return await wire.send(sent);
    } catch (failure) {
      if (sent.fresh || !(failure instanceof WireFailure) || failure.kind !== 'lost') throw failure;
      counts[request.counter] += 1;
      return await wire.send({ ...sent, fresh: true });
    }
  }

  /** One request to one node. */
  async function exchange(
    contact: Contact,
    request: UnsignedRequest,
    signedWith: RequestCredentials | undefined,
  ): Promise<Outcome> {
    const attempt: Attempt = {
      method: request.method,
      path: request.shownPath,
      contact: contact.name,
      origin: contact.wire.origin,
      kind: request.counter === 'changes' ? 'change' : 'read',
      secret: signedWith?.secret,
    };
    try {
      const answer = openEnvelope(await send(contact.wire, request, signedWith));
      contacts.worked(contact.name);
      if (answer.status === 200) return { answer, attempt };
      const error = answerError(attempt, answer);
      return { error, otherNodeMayHelp: error.code === 'NodeUnreachable' };
    } catch (failure) {
      if (!(failure instanceof WireFailure)) throw failure;
      const error = wireError(attempt, failure);
      // Who waits in vain for a dead owner is not dead itself (595 may take 30 s: observed, Nodes down).
      const waitsForOther = failure.kind === 'timedOut' && ![undefined, contact.name].includes(request.owner);
      if (error.code === 'NodeUnreachable' && !waitsForOther) contacts.failed(contact.name);
      return { error, otherNodeMayHelp: error.code === 'NodeUnreachable' };
    }
  }

  /** As `exchange`; after a 401 once more if what is read anew is another one. A refused request was not executed. */
  async function exchangeSigned(contact: Contact, request: UnsignedRequest): Promise<Outcome> {
    const used = await credentials.get(request.signal);
    const outcome = await exchange(contact, request, used);
    if (used === undefined || !('error' in outcome) || outcome.error.code !== 'TokenRefused') return outcome;
    credentials.invalidate(used.secret);
    const renewed = await credentials.get(request.signal);
    return renewed === undefined || isSame(renewed, used) ? outcome : exchange(contact, request, renewed);
  }

  /** Asks one node after the other until one answers, but begins with no further one after twice the time limit. */
  async function exchangeAnywhere(
    call: ReadCall | ChangeCall,
    request: UnsignedRequest,
  ): Promise<Exclude<Outcome, { error: ManagerError }>> {
    const giveUpAtMs = performance.now() + 2 * request.limitMs;
    let last: ManagerError | undefined;
    for (const contact of contacts.order(call.node, call.via)) {
      if (last !== undefined && performance.now() > giveUpAtMs) break;
      const outcome = await exchangeSigned(contact, request);
      if ('answer' in outcome) return outcome;
      if (!outcome.otherNodeMayHelp) throw outcome.error;
      last = outcome.error;
    }
    throw last ?? new Error('a cluster has at least one node');
  }

  async function perform<T>(
    call: ReadCall | ChangeCall,
    request: UnsignedRequest,
    schema: ZodType<T>,
  ): Promise<T> {
    const { answer, attempt } = await exchangeAnywhere(call, request);
    const parsed = schema.safeParse(answer.data);
    if (parsed.success) return parsed.data;
    throw unreadableError(attempt, z.prettifyError(parsed.error).replaceAll('\n', ' '));
  }

  return {
    cluster: cluster.name,
    tls: cluster.tls,
    read: async (call, schema) => perform(call, readRequest(call, timeouts), schema),
    change: async (call, schema) => perform(call, changeRequest(call, timeouts), schema),
    async account(signal) {
      const used = await credentials.get(signal);
      const [user = '', tokenName = ''] = used === undefined ? [] : nameOf(used).split('!');
      return { user, tokenName };
    },
    counts: () => ({ ...counts }),
    async close() {
      await Promise.all(nodes.map(async ({ wire }) => wire.close()));
    },
  };
}

function isSame(one: RequestCredentials, other: RequestCredentials): boolean {
  return nameOf(one) === nameOf(other) && one.secret.equals(other.secret);
}

function nameOf(credentials: RequestCredentials): string {
  return 'tokenId' in credentials ? credentials.tokenId : credentials.userId;
}
