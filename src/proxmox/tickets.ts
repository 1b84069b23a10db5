import { z } from 'zod';

import type { ClusterSettings } from '../config/clusterConfig';
import type { LoginProvider } from '../credentials/login';
import { ManagerError, problem, type Problem } from '../domain/errors';
import { Secret } from '../domain/secret';
import { createProxmoxClient } from './client';
import type { ProxmoxClient, RequestCredentialStore, TicketCredentials } from './types';

/** What tickets are made from. */
export interface TicketOptions {
  readonly cluster: ClusterSettings;
  readonly login: LoginProvider;
  /** Default 1 h: a ticket is valid for 2 h (behaviour: 2.2), and a call may take a while. */
  readonly renewAfterMs?: number;
}

const hourMs = 3_600_000;

const ticketAnswer = z.object({
  username: z.string(),
  ticket: z.string().optional(),
  CSRFPreventionToken: z.string().optional(),
  NeedTFA: z.coerce.number().optional(),
});

/**
 * A client whose requests go as root@pam by ticket, for what Proxmox gives to nobody else (docs/access.md lists it):
 * a token of root is not root. One client is one session: it logs in at its first call, renews its ticket with the
 * ticket itself while that is valid, and forgets it when it is closed. Its calls also throw what reading the login
 * throws, and TokenRefused where the password is refused.
 */
export function createTicketClient(options: TicketOptions): ProxmoxClient {
  const { cluster } = options;
  const nobody = createProxmoxClient({ cluster, credentials: unsigned });
  const client = createProxmoxClient({ cluster, credentials: createTicketStore(options, nobody) });
  return {
    ...client,
    async close() {
      await Promise.all([client.close(), nobody.close()]);
    },
  };
}

const unsigned: RequestCredentialStore = {
  get: async () => Promise.resolve(undefined),
  invalidate: () => undefined,
};

interface Held extends TicketCredentials {
  readonly sinceMs: number;
}

function createTicketStore(options: TicketOptions, nobody: ProxmoxClient): RequestCredentialStore {
  const { login, renewAfterMs = hourMs } = options;
  let held: Held | undefined;
  let fetching: Promise<Held> | undefined;

  async function fetchTicket(old: Held | undefined): Promise<Held> {
    try {
      if (old !== undefined && performance.now() - old.sinceMs < 2 * hourMs) {
        const renewed = await ticketFor(nobody, old.userId, old.secret).catch(ignoreRefusal);
        if (renewed !== undefined) return renewed;
      }
      const { userId, password } = await login.read();
      return await ticketFor(nobody, userId, password).catch((error: unknown) => {
        throw explained(error, login.describe);
      });
    } finally {
      fetching = undefined;
    }
  }

  return {
    async get() {
      if (held !== undefined && performance.now() - held.sinceMs < renewAfterMs) return held;
      // For all who ask at the same time once.
      fetching ??= fetchTicket(held);
      held = await fetching;
      return held;
    },
    invalidate(used) {
      if (held?.secret.equals(used) === true) held = undefined;
    },
  };
}

/** The password is the user's, or a ticket of his that is still valid. */
async function ticketFor(nobody: ProxmoxClient, userId: string, password: Secret): Promise<Held> {
  const sinceMs = performance.now();
  const parameters = { username: userId, password: password.reveal() };
  const answer = await nobody.change({ method: 'POST', path: '/access/ticket', parameters }, ticketAnswer);
  const { ticket, CSRFPreventionToken: csrfToken, NeedTFA: needsSecondFactor } = answer;
  if (needsSecondFactor !== undefined || ticket === undefined || csrfToken === undefined) {
    throw new ManagerError(refusedLogin(userId, 'a second factor is asked for, which only a person has'));
  }
  return { userId: answer.username, secret: new Secret(ticket), csrfToken: new Secret(csrfToken), sinceMs };
}

function ignoreRefusal(error: unknown): undefined {
  if (error instanceof ManagerError && error.code === 'TokenRefused') return undefined;
  throw error;
}

function explained(error: unknown, describe: string): unknown {
  if (!(error instanceof ManagerError)) return error;
  const { code, contact } = error.problem;
  if (code === 'TokenRefused' && error.problem.status === 401) {
    return new ManagerError(
      refusedLogin('root@pam', `${contact ?? 'a node'} refused the password`, describe),
    );
  }
  // Nothing is changed by a login: it may simply be made again.
  if (code !== 'OutcomeUnknown') return error;
  return new ManagerError(
    problem('NodeUnreachable', { ...bare(error.problem), failed: 'the answer was lost' }),
  );
}

function bare({ attempted, contact }: Problem): Pick<Problem, 'attempted' | 'contact'> {
  return { attempted, ...(contact === undefined ? {} : { contact }) };
}

function refusedLogin(userId: string, failed: string, describe?: string): Problem {
  return problem('TokenRefused', {
    attempted: `log in as ${userId} for a ticket`,
    failed,
    remedy: `Compare what ${describe ?? 'credentials.root_login'} holds with the password of ${userId} (line 1 root@pam, line 2 the password; users with a second factor can't be used), then retry.`,
  });
}
