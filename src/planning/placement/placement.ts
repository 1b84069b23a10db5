import type { Bin } from './bin';
import type { Load } from './load';

/** Which bins a load may go to, room apart. */
export type AllowedBins = ReadonlyMap<Load, readonly Bin[]>;

/** Where every load went; what is missing has no room anywhere. */
export type Placement = Map<Load, Bin>;
