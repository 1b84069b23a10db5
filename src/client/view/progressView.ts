import type { AnyPlan } from '../../domain/operation';
import type { OperationSnapshot } from '../operations/snapshot';

/** Shows an operation as it runs. */
export interface ProgressView {
  /** The plan whose guests are shown from now on. */
  plan(plan: AnyPlan): void;
  update(snapshot: OperationSnapshot): void;
  /** Makes room for something else on the terminal; the next update shows progress again. */
  pause(): void;
}
