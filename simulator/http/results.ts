/** A result with members beside `data`, e.g. `total` of paged lists. */
export class ResultWithMembers {
  constructor(
    readonly data: unknown,
    readonly members: Readonly<Record<string, unknown>>,
  ) {}
}

/** A result that is not JSON, e.g. a task log to download. */
export class RawResult {
  constructor(
    readonly body: Buffer,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

/** A page of rows with Proxmox's `total`, which is absent when 0 (behaviour.md 1.3). */
export function page(rows: unknown, total: number): ResultWithMembers {
  return new ResultWithMembers(rows, total === 0 ? {} : { total });
}
