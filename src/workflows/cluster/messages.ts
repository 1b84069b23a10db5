import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type {
  ActionMessage,
  ActionStarted,
  ClusterView,
  ExtendMessage,
  MemberChangedMessage,
  OperationEndedMessage,
  TalosChangedMessage,
} from '../../domain/cluster/messages';
import type { ClusterAction } from '../../domain/cluster/request';
import { clusterMessages } from '../../domain/names';

/** An operation has begun or proven something about one machine. */
export const memberChangedSignal = defineSignal<[MemberChangedMessage]>(clusterMessages.memberChanged);

/** An operation has made, or is about to do, what a Talos cluster can have only once. */
export const talosChangedSignal = defineSignal<[TalosChangedMessage]>(clusterMessages.talosChanged);

/** An operation has ended. */
export const operationEndedSignal = defineSignal<[OperationEndedMessage]>(clusterMessages.operationEnded);

/** What the cluster is. */
export const clusterQuery = defineQuery<ClusterView>(clusterMessages.cluster);

/** Another time to live. */
export const extendUpdate = defineUpdate<ClusterView, [ExtendMessage]>(clusterMessages.extend);

/** The update of an action: starts its operation. */
export function actionUpdate(action: ClusterAction) {
  return defineUpdate<ActionStarted, [ActionMessage | undefined]>(action);
}

/** What each update does, shown by the Web UI beside its name, with the JSON it takes. */
export const actionDescriptions: Readonly<Record<ClusterAction, string>> = {
  create:
    'Plans the machines that are missing and makes them once the plan is approved: {"requestedBy": "<you>"}',
  scale: 'As many machines of a role: {"counts": {"node": 5}, "requestedBy": "<you>"}',
  replace: 'New machines in the place of these: {"machines": ["plain-lab-node-2"], "requestedBy": "<you>"}',
  upgrade:
    'Replaces machines of older versions of the template, one after the other: {"requestedBy": "<you>"}',
  rebuild: 'Deletes all machines and makes them again: {"requestedBy": "<you>"}',
  destroy:
    'Stops the machines and sets them aside; {"now": true} deletes them at once: {"graceMs": 86400000, "requestedBy": "<you>"}',
  purge: 'Deletes what was set aside: {"requestedBy": "<you>"}',
  undo: 'Brings back what was set aside: {"requestedBy": "<you>"}',
  adopt:
    'Makes machines members that were made by hand: {"adopt": {"plain-lab-node-1": 120}, "requestedBy": "<you>"}',
};

/** The same of `extend`. */
export const extendDescription =
  'When the cluster is set aside: {"timeToLiveMs": 604800000, "by": "<you>"}, or "until": "<ISO time>", or "never": true';
