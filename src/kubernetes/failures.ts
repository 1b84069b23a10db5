import { ManagerError, problem } from '../domain/errors';

/** HTTP status of a refusal of the API. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}

/** The project's error for a call of the Kubernetes API that failed. */
export function kubernetesError(attempted: string, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) {
    return new ManagerError(problem('Interrupted', { attempted, failed: 'it was cancelled' }));
  }
  const status = statusOf(error);
  if (status !== undefined) return refusal(attempted, status, error);
  if (!(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (!isNetwork(error)) return error;
  if (/CERT|TLS|SSL/.test(code)) {
    const remedy =
      'Delete the kubeconfig in the folder of the cluster: it is fetched from a control plane again.';
    const failed = `the Kubernetes API shows a certificate that the kubeconfig does not trust (${code})`;
    return new ManagerError(problem('NotAsExpected', { attempted, failed, remedy }), { cause: error });
  }
  return new ManagerError(
    problem('NodeUnreachable', {
      attempted,
      failed: `the Kubernetes API does not answer (${code})`,
      remedy:
        "Check that the control planes run, and that port 6443 of the cluster's endpoint is reachable from the worker's machine.",
    }),
    { cause: error },
  );
}

/** As node-fetch tells that there was no answer. */
function isNetwork(error: Error): boolean {
  return error.name === 'AbortError' || error.name === 'FetchError' || error.name === 'TimeoutError';
}

function refusal(attempted: string, status: number, error: unknown): ManagerError {
  const said = messageOf(error);
  const words = said === undefined ? {} : { proxmoxSaid: said, saidBy: 'Kubernetes' };
  if (status === 401 || status === 403) {
    const remedy =
      'Delete the kubeconfig in the folder of the cluster: it is fetched from a control plane again.';
    return new ManagerError(
      problem('NotAsExpected', {
        attempted,
        failed: 'Kubernetes refuses the login',
        status,
        remedy,
        ...words,
      }),
    );
  }
  if (status >= 500 || status === 429) {
    const remedy = 'Look at the control planes: etcd needs more than half of its members.';
    return new ManagerError(
      problem('NodeUnreachable', {
        attempted,
        failed: 'Kubernetes can not do it now',
        status,
        remedy,
        ...words,
      }),
    );
  }
  const remedy = "Read Kubernetes' own words above; repair the cause, then retry.";
  return new ManagerError(
    problem(status === 404 ? 'NotFound' : 'CommandFailed', {
      ...{ attempted, failed: 'Kubernetes refused it', status, remedy, ...words },
    }),
  );
}

/** The message of a Status object: text in some versions of the library, an object in others. */
function messageOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('body' in error)) return undefined;
  const body = typeof error.body === 'string' ? parsed(error.body) : error.body;
  if (typeof body !== 'object' || body === null || !('message' in body)) return undefined;
  return typeof body.message === 'string' ? body.message.slice(0, 500) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
