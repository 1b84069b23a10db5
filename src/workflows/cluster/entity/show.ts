import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { ClusterView } from '../../../domain/cluster/messages';
import { workflowTypes } from '../../../domain/names';
import { clusterMarkdown } from '../../../domain/rendering/clusterMarkdown';
import { searchAttributeKeys as keys } from '../../shared/show';

/** Sets what the Web UI shows of a cluster, and the search attributes where they changed. */
export function showCluster(view: ClusterView): void {
  setCurrentDetails(clusterMarkdown(view));
  const { typedSearchAttributes: current } = workflowInfo();
  const wanted = [
    { key: keys.operation, value: workflowTypes.vmCluster },
    { key: keys.cluster, value: view.cluster },
    { key: keys.phase, value: phaseOf(view) },
  ].filter(({ key, value }) => value !== '' && current.get(key) !== value);
  if (wanted.length > 0) upsertSearchAttributes(wanted);
}

function phaseOf({ operation, record }: ClusterView): string {
  const members = record?.members ?? [];
  if (operation !== undefined) return 'changing';
  if (members.length === 0) return 'empty';
  return members.some(({ state }) => state === 'aside') ? 'aside' : 'there';
}
