/** An HA resource, e.g. `vm:100`. */
export interface HaResource {
  readonly sid: string;
  /** Requested state: started, stopped, disabled, ignored. */
  state: string;
  maxRestart: number | undefined;
  maxRelocate: number | undefined;
  failback: boolean | undefined;
  group: string | undefined;
  comment: string | undefined;
}

/** An HA rule of 9, or a group of 8: its keys verbatim. */
export type HaSection = ReadonlyMap<string, string>;

/** Configuration of the HA manager. The simulator shows it; it does not act on it. */
export interface HaState {
  readonly resources: Map<string, HaResource>;
  readonly rules: Map<string, HaSection>;
  readonly groups: Map<string, HaSection>;
  /** The node whose manager is active; undefined while nothing is HA managed. */
  master: string | undefined;
  /** Nodes in maintenance mode. */
  readonly maintenance: Set<string>;
}
