/** The parts of a UPID (behaviour.md 3.1). */
export interface UpidParts {
  readonly node: string;
  readonly pid: number;
  /** Process start in clock ticks (1/100 s) since boot. */
  readonly pstart: number;
  /** Seconds since the epoch. */
  readonly starttime: number;
  readonly type: string;
  readonly id: string;
  /** User or `<user>!<token>`. */
  readonly authId: string;
}

const pattern =
  /^UPID:([a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$/;

/** Writes a UPID. */
export function formatUpid(parts: UpidParts): string {
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0');
  return `UPID:${parts.node}:${hex(parts.pid)}:${hex(parts.pstart)}:${hex(parts.starttime)}:${parts.type}:${parts.id}:${parts.authId}:`;
}

/** Reads a UPID; undefined if it isn't one. */
export function parseUpid(upid: string): UpidParts | undefined {
  const [, node, pid, pstart, starttime, type, id, authId] = pattern.exec(upid) ?? [];
  if (node === undefined || pid === undefined || pstart === undefined || starttime === undefined)
    return undefined;
  if (type === undefined || id === undefined || authId === undefined) return undefined;
  return {
    node,
    pid: parseInt(pid, 16),
    pstart: parseInt(pstart, 16),
    starttime: parseInt(starttime, 16),
    type,
    id,
    authId,
  };
}
