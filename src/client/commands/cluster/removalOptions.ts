import type { Command } from 'commander';
import { z } from 'zod';
import type { ClusterRequest } from '../../../domain/cluster/request';
import { timeSpan } from '../../clusters/options';
import { changeOptions } from './change';

/** Adds how machines are brought down. */
export function withRemoval(command: Command): Command {
  return command
    .option('--hard-stop', 'stop hard what has not shut down in time; without it a person is asked')
    .option('--shutdown-timeout <time>', 'how long a shutdown may take (default: 3m)', timeSpan);
}

/** What {@link withRemoval} adds, with what every change has. */
export const removalOptions = changeOptions.extend({
  hardStop: z.boolean().default(false),
  shutdownTimeout: z.number().optional(),
});

/** The part of a request that says how machines are brought down. */
export function hardStopOf({
  hardStop,
  shutdownTimeout,
}: Pick<z.infer<typeof removalOptions>, 'hardStop' | 'shutdownTimeout'>): Pick<
  ClusterRequest,
  'hardStop' | 'shutdownTimeoutMs'
> {
  return {
    ...(hardStop ? { hardStop } : {}),
    ...(shutdownTimeout === undefined ? {} : { shutdownTimeoutMs: shutdownTimeout }),
  };
}
