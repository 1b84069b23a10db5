import { progressText } from '../../domain/ansible/run';
import type { OperationSnapshot } from '../operations/snapshot';

/** Where a run of a playbook is, in one line; undefined where none is under way. */
export function playbookLine({ playbook }: OperationSnapshot): string | undefined {
  return playbook === undefined ? undefined : progressText(playbook);
}
