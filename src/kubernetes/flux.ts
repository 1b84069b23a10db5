import { z } from 'zod';
import { ManagerError } from '../domain/errors';
import type { Kubernetes } from './client';

/** Where Flux keeps what it synchronizes itself from. */
export const fluxSystem = { namespace: 'flux-system', name: 'flux-system' } as const;

/** What a Kustomization of Flux tells of itself. */
export interface KustomizationSeen {
  /** It is there at all. */
  readonly exists: boolean;
  /** Its Ready condition, for what is asked of it now; `Unknown` while it is under way. */
  readonly ready: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  /** e.g. `main@sha1:4f1...` */
  readonly revision?: string;
  /** Relative to the repository. */
  readonly path?: string;
}

const shape = z.object({
  metadata: z.object({ generation: z.number().optional() }),
  spec: z.object({ path: z.string().optional() }).optional(),
  status: z
    .object({
      observedGeneration: z.number().optional(),
      lastAppliedRevision: z.string().optional(),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.enum(['True', 'False', 'Unknown']),
            reason: z.string().optional(),
            message: z.string().optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});

/** Looks at a Kustomization; that it is not there, or Flux itself is not, is an answer. Changes nothing. */
export async function lookAtKustomization(
  kubernetes: Kubernetes,
  { namespace, name }: { readonly namespace: string; readonly name: string } = fluxSystem,
): Promise<KustomizationSeen> {
  const place = { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', plural: 'kustomizations' };
  try {
    const answer: unknown = await kubernetes.call(
      `read the Kustomization ${namespace}/${name}`,
      ({ custom }, options) => custom.getNamespacedCustomObject({ ...place, namespace, name }, options),
    );
    return seen(shape.parse(answer));
  } catch (error) {
    if (error instanceof ManagerError && error.problem.status === 404)
      return { exists: false, ready: 'Unknown' };
    throw error;
  }
}

function seen({ metadata, spec, status }: z.infer<typeof shape>): KustomizationSeen {
  const condition = status?.conditions?.find(({ type }) => type === 'Ready');
  // An older judgement says nothing of what is asked now.
  const isCurrent = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  return {
    exists: true,
    ready: isCurrent ? (condition?.status ?? 'Unknown') : 'Unknown',
    ...(condition?.reason === undefined ? {} : { reason: condition.reason }),
    ...(condition?.message === undefined ? {} : { message: condition.message.slice(0, 500) }),
    ...(status?.lastAppliedRevision === undefined ? {} : { revision: status.lastAppliedRevision }),
    ...(spec?.path === undefined ? {} : { path: spec.path }),
  };
}
