import { NotSimulated } from './context';
import type { ShellNode } from './grammar';

/** The kinds of nodes that this shell knows what to do with, at least in some places. */
const understood = new Set(
  (
    'program comment command command_name variable_assignment variable_assignments variable_name list pipeline ' +
    'negated_command redirected_statement file_redirect file_descriptor subshell compound_statement if_statement ' +
    'elif_clause else_clause for_statement do_group test_command unary_expression binary_expression test_operator ' +
    'declaration_command word number string string_content raw_string concatenation simple_expansion expansion ' +
    'command_substitution special_variable_name extglob_pattern regex'
  ).split(' '),
);

/** Throws NotSimulated if a script has anything of another kind: better than half of it. */
export function refuseUnknown(node: ShellNode): void {
  if (node.isNamed && !understood.has(node.type)) {
    const [start = ''] = node.text.trim().split('\n');
    throw new NotSimulated(`${node.type.replaceAll('_', ' ')} (${start})`);
  }
  if (node.type === '&' || node.type === '|&') throw new NotSimulated(`the operator ${node.type}`);
  if (node.type === 'expansion' && !/^\$\{(\w+|[@*#?])\}$/.test(node.text.trim())) {
    throw new NotSimulated(node.text.trim());
  }
  for (const child of node.children) refuseUnknown(child);
}
