import { ManagerError, problem } from './errors';

/** The parts of a Proxmox task id, `UPID:<node>:<pid>:<pstart>:<starttime>:<type>:<id>:<user>:` (behaviour: 3.1). */
export interface Upid {
  /** The whole id as Proxmox gave it. */
  readonly text: string;
  /** The node where the task runs: all task calls go there. */
  readonly node: string;
  /** Epoch seconds of that node's clock. */
  readonly startTimeSeconds: number;
  /** Task type, e.g. `qmigrate`. */
  readonly type: string;
  /** What it works on, e.g. the VMID as text; may be empty. */
  readonly id: string;
  /** `user@realm` without the token's name. */
  readonly user: string;
  /** The token's name, if a token started it. */
  readonly tokenName?: string;
}

const form =
  /^UPID:([a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$/;

/** Parses a UPID. Throws AnswerUnreadable if it has another form. */
export function parseUpid(text: string): Upid {
  const match = form.exec(text);
  const [, node, , , startTime, type, id, account] = match ?? [];
  if (
    node === undefined ||
    startTime === undefined ||
    type === undefined ||
    id === undefined ||
    account === undefined
  ) {
    throw new ManagerError(
      problem('AnswerUnreadable', { attempted: 'read a task id', failed: `'${text}' is no UPID` }),
    );
  }
  const [user = account, tokenName] = account.split('!');
  return {
    text,
    node,
    startTimeSeconds: Number.parseInt(startTime, 16),
    type,
    id,
    user,
    ...(tokenName === undefined ? {} : { tokenName }),
  };
}
