import type { TemplateFrame } from '../../../domain/templatePlan';
import { templatePlaces } from '../../../planning/rules/templatePlaces';
import type { ProxmoxClient } from '../../../proxmox/types';
import { tasksOfGuests } from '../../guests/tasksBefore';

/**
 * The tasks that the nodes know of a plan's guests, and all downloads, before its first step: those of guests that had a VMID
 * before, or of an operation before. No step adopts them.
 */
export function tasksBefore(
  client: ProxmoxClient,
  plan: Pick<TemplateFrame, 'copies' | 'bootTest' | 'retires' | 'inForce' | 'source'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return tasksOfGuests(client, templatePlaces(plan), { types: ['download'] }, signal);
}
