import type { TaskProgress } from '../../domain/progress';
import { formatRate } from '../../domain/rendering/sizes';

/** A copy's speed for the end of a line; nothing while it is not known, which a heartbeat says as 0. */
export function speedOf({ bytesPerSecond }: TaskProgress): string {
  return bytesPerSecond > 0 ? `, ${formatRate(bytesPerSecond)}` : '';
}
