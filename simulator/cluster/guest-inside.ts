/** What is on a disk that a guest boots from, as far as a boot can show it. It goes with the disk into its copies. */
export interface GuestInside {
  /** True if a guest agent is installed. */
  readonly agent: boolean;
  /** Seconds from power on until everything in it runs; undefined: as the timings say. */
  readonly bootSeconds: number | 'never' | undefined;
  /** /etc/machine-id; undefined while nothing has booted from it: the first boot makes one. */
  readonly machineId: string | undefined;
  /** The guest's SSH host key, likewise. */
  readonly hostKey: string | undefined;
}
