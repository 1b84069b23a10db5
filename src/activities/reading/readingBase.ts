import type { ReadingBase, UnansweredNode } from '../../domain/clusterReading';
import { ManagerError } from '../../domain/errors';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { readPrivileges, requireFullView } from '../inspection/privileges';
import type { ReadingDependencies } from './deps';

/** What every reading says beside its rows. */
export function readingBase(
  { client, now }: ReadingDependencies,
  unanswered: readonly UnansweredNode[],
  warnings: readonly string[] = [],
): ReadingBase {
  const insecure =
    client.tls === 'insecure' ? ['Certificates are not verified: tls is insecure in the configuration.'] : [];
  return {
    cluster: client.cluster,
    takenAt: now().toISOString(),
    unanswered,
    warnings: [...insecure, ...warnings],
  };
}

/** Without these privileges Proxmox leaves rows out silently: says so instead of showing an empty cluster. */
export async function incompleteness(
  { client }: ReadingDependencies,
  options: CallOptions,
): Promise<string[]> {
  const through: ProxmoxClient = {
    ...client,
    read: (call, schema) => client.read({ ...options, ...call }, schema),
  };
  const privileges = await readPrivileges(through, options.signal);
  try {
    requireFullView(privileges);
    return [];
  } catch (error) {
    if (!(error instanceof ManagerError) || error.code !== 'PermissionMissing') throw error;
    return [`What is shown may be incomplete: ${error.problem.failed}. ${error.problem.remedy}`];
  }
}
