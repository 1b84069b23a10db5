import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

import { ManagerError, problem } from '../../domain/errors';
import { alignColumns } from '../../domain/rendering/text';
import type { BuiltinName } from '../../domain/runbook/plan';
import { clusterResources } from '../../proxmox/api/cluster';
import { apiPath } from '../../proxmox/path';
import { leaseFreeVmid } from '../ledger/leaseFreeVmid';
import type { ActivityAttempt } from '../shared/attempt';
import { doneWith, type RawAnswer } from './answer';
import type { RunStepArguments, StepDone } from './contract';
import type { RunbookDependencies } from './dependencies';
import { pickNode } from './pickNode';
import { textsOfStep } from './texts';

/** The built-ins that an activity does; the others are the workflow's own. */
type Asking = Exclude<BuiltinName, 'wait_task' | 'stop'>;

type Given = Readonly<Record<string, string>>;

/** Does a built-in and judges what it answers. */
export async function runBuiltin(
  dependencies: RunbookDependencies,
  attempt: ActivityAttempt,
  input: RunStepArguments,
): Promise<StepDone> {
  const { step, values } = input;
  const texts = await textsOfStep(dependencies, attempt, input);
  if (step.action.type !== 'builtin') throw wrong(step.title, 'it is no built-in');
  const { name, arguments: written } = step.action;
  const given = Object.fromEntries(written.map((it) => [it.name, texts.plain(it.value)]));
  if (name === 'wait_task' || name === 'stop') throw wrong(step.title, `${name} is done elsewhere`);
  const { timeoutMs } = step;
  const raw = await answers[name](dependencies, attempt, given, {
    ...input,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return doneWith(step, values, raw, texts.redaction);
}

const answers: Readonly<
  Record<
    Asking,
    (
      dependencies: RunbookDependencies,
      attempt: ActivityAttempt,
      given: Given,
      input: Pick<RunStepArguments, 'lease'> & { readonly timeoutMs?: number },
    ) => Promise<RawAnswer>
  >
> = {
  allocate_vmid: async ({ config, proxmox, ledger }, { signal }, given, { lease }) => {
    const range = rangeOf(config.conventions.vmidRanges, given['range'] ?? '');
    if (lease === undefined) throw wrong('allocate_vmid', 'nobody asks for it');
    const wish = { ...lease, range, isOurs: () => Promise.resolve(false) };
    return { text: String(await leaseFreeVmid(proxmox, ledger, wish, { signal })) };
  },
  pick_node: async ({ proxmox }, { signal }, given) => ({ text: await pickNode(proxmox, signal, given) }),
  wait_agent: awaitAgent,
  report_table: async (_dependencies, _attempt, given) => Promise.resolve({ text: tableOf(given) }),
};

const agentEveryMs = 2_000;
const agentPatienceMs = 10 * 60_000;

const interfaces = z.object({
  result: z.array(
    z.object({
      name: z.string(),
      'ip-addresses': z
        .array(z.object({ 'ip-address': z.string(), 'ip-address-type': z.string() }))
        .optional(),
    }),
  ),
});

/** Asks the guest agent until it answers; then for the guest's addresses, without those of the loopback interface. */
async function awaitAgent(
  { proxmox }: RunbookDependencies,
  { signal }: ActivityAttempt,
  given: Given,
  { timeoutMs = agentPatienceMs }: { readonly timeoutMs?: number },
): Promise<RawAnswer> {
  const vmid = Number(given['vmid']);
  const rows = given['node'] === undefined ? await clusterResources(proxmox, 'vm', { signal }) : [];
  const node = given['node'] ?? rows.find((row) => row.vmid === vmid)?.node;
  if (node === undefined) throw wrong('wait_agent', `no node has a VM ${given['vmid'] ?? ''}`);
  const until = performance.now() + timeoutMs;
  const call = { node, signal } as const;
  for (;;) {
    try {
      const path = apiPath`/nodes/${node}/qemu/${vmid}/agent/ping`;
      await proxmox.change({ ...call, method: 'POST', path }, z.unknown());
      break;
    } catch (error) {
      if (!(error instanceof ManagerError) || !mayAnswerLater(error)) throw error;
      if (performance.now() > until) throw error;
      await delay(agentEveryMs, undefined, { signal });
    }
  }
  const path = apiPath`/nodes/${node}/qemu/${vmid}/agent/network-get-interfaces`;
  const { result } = await proxmox.read({ ...call, path, kind: 'slow' }, interfaces);
  const addresses = result
    .filter(({ name }) => name !== 'lo')
    .flatMap((it) => it['ip-addresses'] ?? [])
    .map((it) => it['ip-address']);
  return { text: JSON.stringify(addresses) };
}

/** A guest that boots has no agent yet: 500 with words like `QEMU guest agent is not running` (recording 9 c2). */
function mayAnswerLater({ code }: ManagerError): boolean {
  return code === 'ProxmoxFailed' || code === 'NodeUnreachable' || code === 'OutcomeUnknown';
}

function rangeOf(
  ranges: RunbookDependencies['config']['conventions']['vmidRanges'],
  text: string,
): { readonly first: number; readonly last: number } {
  const named = text === 'templates' ? ranges.templates : text === 'vms' ? ranges.vms : undefined;
  if (named !== undefined) return named;
  const [, first, last] = /^([1-9]\d{2,8})-([1-9]\d{2,8})$/.exec(text) ?? [];
  if (first !== undefined && last !== undefined) return { first: Number(first), last: Number(last) };
  throw wrong('allocate_vmid', `${text} is no range of the configuration (vmid_ranges), nor first-last`);
}

const rowsOf = z.array(z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]));

/** Rows as a table: objects by their keys, lists as they are, anything else a line each. */
function tableOf({ rows = '', title, columns }: Given): string {
  const head = title === undefined ? [] : [title];
  const read = rowsOf.safeParse(jsonOf(rows));
  if (!read.success) return [...head, rows].join('\n');
  const keys = columns?.split(',').map((it) => it.trim()) ?? [
    ...new Set(read.data.flatMap((row) => (Array.isArray(row) ? [] : Object.keys(row)))),
  ];
  const cells = read.data.map((row) => (Array.isArray(row) ? row : keys.map((key) => row[key])).map(cell));
  return [...head, ...alignColumns(keys.length === 0 ? cells : [keys, ...cells])].join('\n');
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wrong(what: string, failed: string): ManagerError {
  return new ManagerError(problem('InputInvalid', { attempted: `run the step "${what}"`, failed }));
}
