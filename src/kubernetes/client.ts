import type { ConfigurationOptions, CoreV1Api, CustomObjectsApi } from '@kubernetes/client-node';
import { readOwnFile } from '../credentials/file';
import { ManagerError, problem } from '../domain/errors';
import { kubernetesError } from './failures';

/** A Kubernetes cluster, asked as its administrator. */
export interface Kubernetes {
  /**
   * One call with a time limit. `attempted` is for errors, e.g. `read the node staging-worker-1`. Throws the project's
   * error for what Kubernetes answered, or that it did not.
   */
  call<T>(
    attempted: string,
    ask: (apis: KubernetesApis, options: ConfigurationOptions) => Promise<T>,
  ): Promise<T>;
}

/** What is asked. */
export interface KubernetesApis {
  readonly core: CoreV1Api;
  readonly custom: CustomObjectsApi;
}

/** An API server answers within seconds, or is not there. */
const callTimeoutMs = 15_000;

/**
 * Logs in with a kubeconfig: read here, from a file that only its owner may read, and kept in memory. The library is
 * loaded by the first call: it has thousands of files. Throws CredentialsMissing, CredentialsMalformed (no such file,
 * open to others) and InputInvalid.
 */
export async function openKubernetes(kubeconfigFile: string, signal: AbortSignal): Promise<Kubernetes> {
  const text = await readKubeconfig(kubeconfigFile);
  const { KubeConfig, CoreV1Api, CustomObjectsApi, setHeaderMiddleware } =
    await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    config.loadFromString(text);
  } catch {
    // Its words may quote what it read.
    throw kubeconfigError(kubeconfigFile, 'it is no kubeconfig');
  }
  const apis = { core: config.makeApiClient(CoreV1Api), custom: config.makeApiClient(CustomObjectsApi) };
  const json = setHeaderMiddleware('Accept', 'application/json');
  return {
    async call(attempted, ask) {
      const ended = AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMs)]);
      const options: ConfigurationOptions = {
        middleware: [
          {
            pre: (request) => {
              request.setSignal(ended);
              return json.pre(request);
            },
            post: (response) => json.post(response),
          },
        ],
        middlewareMergeStrategy: 'append',
      };
      try {
        return await ask(apis, options);
      } catch (error) {
        throw kubernetesError(attempted, error, signal);
      }
    },
  };
}

/** The same refusals as for a token file, without the wait for credentials that they would bring. */
async function readKubeconfig(file: string): Promise<string> {
  try {
    return await readOwnFile(file, 'the kubeconfig', 'own');
  } catch (error) {
    if (error instanceof ManagerError) throw kubeconfigError(file, error.problem.failed);
    throw error;
  }
}

function kubeconfigError(file: string, failed: string): ManagerError {
  return new ManagerError(
    problem('NotAsExpected', {
      attempted: `log in to Kubernetes with ${file}`,
      failed,
      remedy:
        'Delete the file: it is fetched from a control plane again. It must be readable by its owner only.',
    }),
  );
}
