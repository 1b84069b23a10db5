import type { ZodType } from 'zod';

import type { ClusterConfig, ClusterNode } from '../../config/clusterConfig';
import { ManagerError, problem, type ErrorCode } from '../../domain/errors';
import type { Secret } from '../../domain/secret';
import type { SshHost } from '../../ssh/settings/host';
import type { Ssh } from '../../ssh/ssh';
import { sshHostOf } from '../doctor/facts/seeNode';

/** A command as words. */
export type Words = readonly [string, ...string[]];

/** Proxmox's own commands as root, over SSH on whichever node lets us in: they act on the whole cluster. */
export interface RootShell {
  /** The node that answered last. */
  node(): string;
  /** Runs a command that only reads and prints JSON (`--output-format json` is added). */
  read<T>(words: Words, schema: ZodType<T>): Promise<T>;
  /** Runs a changing command, once. Throws OutcomeUnknown where it was cut. */
  change(words: Words): Promise<void>;
  /** The same for a command that prints a secret as JSON: nothing of its output is in any error. */
  changeForSecret<T>(words: Words, schema: ZodType<T>): Promise<T>;
  /** A file; undefined: there is none. */
  readFile(path: string): Promise<Buffer | undefined>;
}

/** Perl programs start slowly, and a busy cluster file system takes a while. */
const timeoutMs = 60_000;

/** Makes a shell that asks the named node first (or the one that answered last), then the others. */
export function createRootShell(
  config: ClusterConfig,
  ssh: Pick<Ssh, 'run' | 'files'>,
  first: string | undefined,
  signal: AbortSignal,
): RootShell {
  const named = config.cluster.nodes.filter(({ name }) => name === first);
  let order: readonly ClusterNode[] = [...named, ...config.cluster.nodes.filter((it) => !named.includes(it))];

  /** Only a node on which certainly nothing was executed gives way to the next one. */
  async function onSomeNode<T>(use: (host: SshHost) => Promise<T>): Promise<T> {
    const problems: ManagerError[] = [];
    for (const node of order) {
      try {
        const result = await use(sshHostOf(node, config.sshUser));
        order = [node, ...order.filter((it) => it !== node)];
        return result;
      } catch (error) {
        if (!isNotLoggedIn(error)) throw error;
        problems.push(error);
      }
    }
    // What may pass by itself first: the only node that lets us in may be restarting.
    const [first] = [...problems.filter(({ retryable }) => retryable), ...problems];
    throw first ?? new Error('a cluster has at least one node');
  }

  return {
    node: () => order[0]?.name ?? '',
    async read(words, schema) {
      const command: Words = [...words, '--output-format', 'json'];
      const { stdout } = await onSomeNode(async (host) =>
        ssh.run(host, { words: command }, { kind: 'read', timeoutMs, signal }),
      );
      return parsed(words, stdout.secret(), schema);
    },
    async change(words) {
      await explained(async () =>
        onSomeNode(async (host) => ssh.run(host, { words }, { kind: 'change', timeoutMs, signal })),
      );
    },
    async changeForSecret(words, schema) {
      const command: Words = [...words, '--output-format', 'json'];
      const { stdout } = await explained(async () =>
        withoutOutput(async () =>
          onSomeNode(async (host) =>
            ssh.run(host, { words: command }, { kind: 'change', timeoutMs, signal }),
          ),
        ),
      );
      return parsed(words, stdout.secret(), schema);
    },
    readFile: async (path) => onSomeNode(async (host) => ssh.files.read(host, path, { signal })),
  };
}

/**
 * Whether a login failed so that nothing was executed, and in a way that says nothing against the other nodes. A host key
 * that has changed or is revoked is not of these: nothing goes on beside it.
 */
export function isNotLoggedIn(error: unknown): error is ManagerError {
  return error instanceof ManagerError && givesWay.has(error.code);
}

const givesWay: ReadonlySet<ErrorCode> = new Set([
  'SshUnreachable',
  'HostKeyUnknown',
  'SshAuthenticationFailed',
]);

/** A cluster without quorum refuses changes until it has one again: that may be waited for. */
async function explained<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const said = error instanceof ManagerError ? error.problem.proxmoxSaid : undefined;
    if (!(error instanceof ManagerError) || said === undefined || !/no quorum/.test(said)) throw error;
    const { attempted, failed } = error.problem;
    throw new ManagerError(problem('NoQuorum', { attempted, failed, proxmoxSaid: said }));
  }
}

/** Of what a failed command printed, only what is known to be no secret: these words. */
async function withoutOutput<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ManagerError) || error.problem.proxmoxSaid === undefined) throw error;
    const { attempted, failed, proxmoxSaid } = error.problem;
    const known = harmless.find((words) => proxmoxSaid.includes(words));
    const shown =
      known === undefined
        ? {
            failed: `${failed}; what it printed is not shown, as it could hold a secret`,
            remedy:
              'Run a harmless pveum command on that node, e.g. pveum user list, repair the cause, then retry.',
          }
        : { failed, proxmoxSaid: known };
    throw new ManagerError(problem(error.code, { attempted, ...shown }));
  }
}

const harmless = ['no quorum', 'already exists', 'no such user'];

/** Nothing of what was printed is shown: it could hold a secret. */
function parsed<T>(words: Words, printed: Secret, schema: ZodType<T>): T {
  const result = schema.safeParse(jsonOf(printed));
  if (result.success) return result.data;
  throw new ManagerError(
    problem('AnswerUnreadable', {
      attempted: `run ${words.slice(0, 4).join(' ')}`,
      failed: 'what it printed does not have the expected form',
    }),
  );
}

function jsonOf(printed: Secret): unknown {
  try {
    return JSON.parse(printed.reveal());
  } catch {
    return undefined;
  }
}
