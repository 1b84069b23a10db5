import type { Placeholder } from '../parse/placeholders';
import type { Script } from './script';
import { nodesAround, type ShellNode } from './tree';
import { unsafe, type Unsafe } from './unsafe';

/** How a variable is written at the place of a placeholder so that its value stays one word, or part of one. */
export type Quoting = 'word' | 'double' | 'single' | 'comment';

/** Around a placeholder nothing else may be. */
const understood = new Set(
  'program command word string string_content raw_string concatenation variable_assignment array file_redirect herestring_redirect heredoc_redirect heredoc_body heredoc_content pipeline list subshell compound_statement if_statement elif_clause else_clause while_statement for_statement do_group case_statement case_item test_command binary_expression unary_expression parenthesized_expression negated_command redirected_statement function_definition declaration_command command_substitution process_substitution comment arithmetic_expansion'.split(
    ' ',
  ),
);

/** What has to be written around a variable at the place of a placeholder, or why there is no form that keeps it whole. */
export function quotingOf(script: Script, placeholder: Placeholder): Quoting | Unsafe {
  const around = nodesAround(script.tree.root, placeholder.start);
  if (around.some(({ type }) => type === 'comment')) return 'comment';
  if (isArithmetic(script, around)) return 'double';
  const strange = around.find(({ type }) => !understood.has(type));
  if (strange?.type === 'command_name')
    return unsafe('names the program to run', 'write the name of the program');
  if (strange !== undefined) return unsafe(`stands in ${strange.type.replaceAll('_', ' ')}`);
  const definition = around.findIndex(({ type }) => type === 'function_definition');
  if (definition >= 0 && around[definition + 1]?.type === 'word') return unsafe('names a function');
  if (/(^|[^\\])(\\\\)*\\$/.test(script.text.slice(0, placeholder.start)))
    return unsafe('follows a backslash');
  return innermostQuoting(script, around);
}

/** Whether nodes stand in `$((..))` or `((..))`. */
export function isArithmetic(script: Script, around: readonly ShellNode[]): boolean {
  return around.some(
    ({ type, start }) => type === 'arithmetic_expansion' || script.text.startsWith('((', start),
  );
}

function innermostQuoting(script: Script, around: readonly ShellNode[]): Quoting | Unsafe {
  const quoting = new Set([
    'raw_string',
    'string',
    'heredoc_body',
    'command_substitution',
    'process_substitution',
  ]);
  switch (around.findLast(({ type }) => quoting.has(type))?.type) {
    case 'raw_string':
      return 'single';
    case 'string':
      return 'double';
    case 'heredoc_body':
      return isQuotedHeredoc(script, around)
        ? unsafe(
            'stands in a here-document whose end is quoted',
            'write <<EOF without quotes, or a block with {file=/path}',
          )
        : 'double';
    default:
      return 'word';
  }
}

function isQuotedHeredoc(script: Script, around: readonly ShellNode[]): boolean {
  const redirect = around.findLast(({ type }) => type === 'heredoc_redirect');
  const start = redirect?.children.find(({ type }) => type === 'heredoc_start');
  return start === undefined || /['"\\]/.test(script.text.slice(start.start, start.end));
}
