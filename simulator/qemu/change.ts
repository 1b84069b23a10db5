import type { GuestState } from '../cluster/guests';
import type { ApiCall } from '../http/call';
import { fail, parameterError } from '../http/errors';
import { splitList } from '../http/parameters';
import { givenOptions } from './given-options';
import { optionExists } from './options';

/** What a call wants to change in a configuration. */
export interface ConfigChange {
  readonly set: ReadonlyMap<string, string>;
  readonly delete: readonly string[];
  /** Options whose pending change is dropped. */
  readonly revert: readonly string[];
  /** True: volumes of deleted drives are destroyed. */
  readonly force: boolean;
}

/** Reads and checks what the call wants, without looking at the machine (behaviour.md 5.10). */
export function readChange(call: ApiCall): ConfigChange {
  const { parameters } = call;
  call.requireRootFor('skiplock');
  const set = givenOptions(call);
  const deleted = optionList(parameters.optionalText('delete'));
  const revert = optionList(parameters.optionalText('revert'));
  if (set.size === 0 && deleted.length === 0 && revert.length === 0) fail('no options specified');
  for (const option of revert) {
    if (!optionExists(option)) parameterError({ revert: `unknown option '${option}'` });
    if (set.has(option)) {
      parameterError({ delete: `you can't use '-${option}' and '-revert ${option}' at the same time` });
    }
  }
  for (const option of deleted) {
    if (set.has(option)) {
      parameterError({ delete: `you can't use '-${option}' and -delete ${option}' at the same time` });
    }
    if (revert.includes(option)) {
      parameterError({
        revert: `you can't use '-delete ${option}' and '-revert ${option}' at the same time`,
      });
    }
    if (!optionExists(option)) parameterError({ delete: `unknown option '${option}'` });
  }
  return { set, delete: deleted, revert, force: parameters.flag('force') };
}

/** The change with its reverts resolved: back to what is in force, or gone. */
export function withReverts(change: ConfigChange, { config, pending }: GuestState): ConfigChange {
  const set = new Map(change.set);
  const deleted = [...change.delete];
  for (const option of change.revert) {
    const current = config.get(option);
    if (current !== undefined) set.set(option, current);
    else if (pending.get(option) !== undefined) deleted.push(option);
  }
  return { ...change, set, delete: deleted };
}

/** Fails if the balloon would be larger than the memory. */
export function checkBalloon(change: ConfigChange, { config }: GuestState): void {
  if (!change.set.has('memory') && !change.set.has('balloon')) return;
  const wanted = (option: string): string | undefined => change.set.get(option) ?? config.get(option);
  const memory = Number((wanted('memory') ?? '512').replace(/^current=/, ''));
  const balloon = wanted('balloon');
  if (balloon !== undefined && !change.delete.includes('balloon') && Number(balloon) > memory) {
    fail('balloon value too large (must be smaller than assigned memory)');
  }
}

function optionList(text: string | undefined): string[] {
  return splitList(text ?? '').map((option) => (option === 'cdrom' ? 'ide2' : option));
}
