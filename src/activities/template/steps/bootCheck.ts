import type { BootReport, TemplateStepArguments } from '../../../domain/template/step';
import type { ProxmoxClient } from '../../../proxmox/types';
import { bootLooks } from '../../guests/bootLooks';
import { watchBoot, type BootTimes } from '../../guests/watchBoot';
import type { ActivityAttempt } from '../../shared/attempt';
import { ownTest } from './testClone';

/** Watches the boot of the test clone until it is ready, or has not been for too long. Changes nothing. */
export function bootCheck(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: Pick<TemplateStepArguments, 'plan' | 'holder'>,
  times: BootTimes,
): Promise<BootReport> {
  const place = ownTest(input);
  const look = bootLooks[input.plan.bootTest?.readiness ?? 'running'];
  return watchBoot(attempt, times, (state) => look(client, place, state, { signal: attempt.signal }));
}
