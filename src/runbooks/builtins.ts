import type { Builtin } from './ast';

/** What steps can ask of the program itself: docs/runbooks.md, "Built-ins". */
export const builtins: readonly Builtin[] = [
  { name: 'allocate_vmid', required: ['range'], optional: [], answers: true },
  { name: 'pick_node', required: [], optional: ['memory', 'storage', 'room', 'except'], answers: true },
  { name: 'wait_task', required: ['upid'], optional: [], answers: true },
  { name: 'wait_agent', required: ['vmid'], optional: ['node'], answers: true },
  { name: 'report_table', required: ['rows'], optional: ['title', 'columns'], answers: false },
  { name: 'stop', required: [], optional: ['because'], answers: false },
];

/** The built-in of a name. */
export function builtinOf(name: string): Builtin | undefined {
  return builtins.find((it) => it.name === name);
}
