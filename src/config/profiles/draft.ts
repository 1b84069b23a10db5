import type { ClusterType } from '../../domain/cluster/profile';
import { at, entriesAt, textAt } from '../lookup';
import { present } from '../present';
import type { ConfigPath } from '../yamlDocument';
import { clusterTypes } from './schema';

/**
 * A profile as it is written, whatever its form: rules speak beside the schema's findings, not only once those are
 * repaired. What has not the form that it should have is absent here; the schema says so.
 */
export interface ProfileDraft {
  readonly value: unknown;
  readonly name?: string;
  readonly type?: ClusterType;
  readonly roles: readonly RoleDraft[];
}

/** One role of a draft. */
export interface RoleDraft {
  readonly name: string;
  readonly path: ConfigPath;
  readonly value: unknown;
  readonly kind?: string;
  readonly count?: number;
  readonly machines: readonly MachineDraft[];
}

/** What a draft says of one machine. */
export interface MachineDraft {
  /** As it is written. */
  readonly ordinal: string;
  readonly path: ConfigPath;
  readonly value: unknown;
  readonly node?: string;
}

/** Reads what can be read of a file's value. */
export function draftOf(value: unknown): ProfileDraft {
  const type = clusterTypes.find((it) => it === at(value, ['type']));
  const roles = entriesAt(value, ['roles']).map(([name, written]) => roleDraft(name, written));
  return { value, roles, ...present({ name: textAt(value, ['name']), type }) };
}

function roleDraft(name: string, value: unknown): RoleDraft {
  const path = ['roles', name];
  const machines = entriesAt(value, ['machines']).map(([ordinal, machine]) => ({
    ordinal,
    path: [...path, 'machines', ordinal],
    value: machine,
    ...present({ node: textAt(machine, ['node']) }),
  }));
  const [kind, count] = [textAt(value, ['kind']), countOf(at(value, ['count']))];
  return { name, path, value, machines, ...present({ kind, count }) };
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
