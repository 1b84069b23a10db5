import type { Problem } from '../../domain/errors';
import type { ClusterRun } from './run';

/** Who cuts a call off does not learn whether it was sent; `Interrupted` of a worker that ends was not. */
export function mayHaveBegun({ operation: { state } }: ClusterRun, { code }: Problem): boolean {
  return code === 'OutcomeUnknown' || (code === 'Interrupted' && state.cancel?.running === 'abort');
}
