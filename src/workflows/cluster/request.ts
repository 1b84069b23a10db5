import { workflowInfo } from '@temporalio/workflow';
import type { ClusterChange, ClusterRequest } from '../../domain/cluster/request';
import { clusterActions, longestTimeMs } from '../../domain/cluster/request';
import { problem } from '../../domain/errors';
import { refusal } from '../shared/failures';
import {
  checkFields,
  eventLimit,
  flag,
  isRecord,
  text,
  wholeBetween,
  wholeFrom,
  type RequestFields,
} from '../shared/requestFields';

/** What `changeCluster` may be started with: whoever is not the entity can only plan. */
export type ClusterChangeInput = Omit<ClusterChange, 'entity'> & Partial<Pick<ClusterChange, 'entity'>>;

const name = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const fields: RequestFields<ClusterRequest> = {
  profile: (value) => (typeof value === 'string' && name.test(value) ? undefined : 'the name of a profile'),
  action: (value) =>
    clusterActions.some((action) => action === value) ? undefined : clusterActions.join(', '),
  cluster: text,
  counts: (value) =>
    isFilled(value) && Object.values(value).every((it) => wholeFrom(0)(it) === undefined)
      ? undefined
      : 'how many machines each role has, e.g. {"node":5}',
  machines: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((it) => text(it) === undefined)
      ? undefined
      : 'a list of names of machines',
  adopt: (value) =>
    isFilled(value) && Object.values(value).every((it) => wholeFrom(100)(it) === undefined)
      ? undefined
      : 'VMIDs by the names of machines, e.g. {"plain-lab-node-1":120}',
  orMissing: flag,
  now: flag,
  graceMs: wholeBetween(1, longestTimeMs),
  hardStop: flag,
  shutdownTimeoutMs: wholeFrom(1),
  dryRun: flag,
  requestedBy: text,
  historyEventLimit: eventLimit,
};

/** What an action can't do without. */
const needed: Partial<Record<ClusterRequest['action'], keyof ClusterRequest>> = {
  scale: 'counts',
  replace: 'machines',
  adopt: 'adopt',
};

/** Checks what anybody asks of a cluster. Throws InputInvalid; nothing has happened then. */
export function checkClusterRequest(request: unknown): asserts request is ClusterRequest {
  checkFields<ClusterRequest>(request, fields, '{"profile":"plain-lab","action":"create"}', [
    'profile',
    'action',
  ]);
  if (!isRecord(request)) return;
  const action = clusterActions.find((it) => it === request['action']);
  const field = action === undefined ? undefined : needed[action];
  if (field === undefined || request[field] !== undefined) return;
  refuse(
    `${action ?? 'it'} needs the field "${field}", which must be ${fields[field](undefined) ?? 'given'}`,
  );
}

/** Checks what the operation was started with. Throws InputInvalid; nothing has happened then. */
export function checkClusterChange(input: unknown): asserts input is ClusterChangeInput {
  if (!isRecord(input)) refuse(`it must be one JSON object, e.g. ${example}`);
  const unknown = Object.keys(input).find((field) => !['request', 'record', 'entity'].includes(field));
  if (unknown !== undefined) refuse(`there is no field "${unknown}"; known: request`);
  checkClusterRequest(input['request']);
  if (input['request'].dryRun === true || isOfParent(input['entity'])) return;
  const { profile, action } = input['request'];
  throw refusal(
    problem('InputInvalid', {
      attempted: `${action} the cluster ${profile}`,
      failed: 'only the workflow that keeps the cluster starts this one, except for a dry run',
      remedy: `Use pxm cluster ${action} ${profile}, or the update "${action}" of the workflow vmCluster.`,
    }),
  );
}

/** Whoever names an entity has to be it: what is told of machines goes there. */
function isOfParent(entity: unknown): boolean {
  if (!isRecord(entity) || typeof entity['instance'] !== 'string') return false;
  const { workflowId } = entity;
  return typeof workflowId === 'string' && workflowInfo().parent?.workflowId === workflowId;
}

const example = '{"request":{"profile":"plain-lab","action":"create","dryRun":true}}';

function isFilled(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && Object.keys(value).length > 0;
}

function refuse(failed: string): never {
  throw refusal(problem('InputInvalid', { attempted: 'read the request', failed }));
}
