import type { PackedReading, ReadRequest } from '../../domain/readRequest';

/** The activities of the workflow `readCluster`. */
export interface ReadingActivities {
  /** Reads one view of the cluster. Repeating it is harmless: it changes nothing. */
  readCluster(request: ReadRequest): Promise<PackedReading>;
}
