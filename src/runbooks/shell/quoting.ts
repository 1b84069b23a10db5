import type { Placeholder } from '../parse/placeholders';
import { evaluatorIn, programTextIn } from './evaluators';
import type { Script } from './script';
import { nodesAround, type ShellNode } from './tree';
import { unsafe, type Unsafe } from './unsafe';

/** How a variable is written at the place of a placeholder so that its value stays one word, or part of one. */
export type Quoting = 'word' | 'double' | 'single' | 'comment';

/** Around a placeholder nothing else may be: in these a shell takes values as they are. */
const harmless = new Set(
  'program command word string string_content raw_string concatenation variable_assignment array file_redirect herestring_redirect heredoc_redirect heredoc_body heredoc_content pipeline list subshell compound_statement if_statement elif_clause else_clause while_statement for_statement do_group case_statement case_item test_command binary_expression unary_expression parenthesized_expression negated_command redirected_statement function_definition declaration_command command_substitution process_substitution comment'.split(
    ' ',
  ),
);

/** What has to be written around a variable at the place of a placeholder, or why there is no safe form. */
export function quotingOf(script: Script, placeholder: Placeholder): Quoting | Unsafe {
  const around = nodesAround(script.tree.root, placeholder.start);
  const leaf = around.at(-1);
  if (leaf === undefined) return unsafe('can not stand here');
  if (around.some(({ type }) => type === 'comment')) return 'comment';
  const strange = around.find(({ type }) => !harmless.has(type));
  if (strange?.type === 'command_name')
    return unsafe('names the program to run', 'write the name of the program');
  if (strange !== undefined) return unsafe(`stands in ${strange.type.replaceAll('_', ' ')}`);
  if (/(^|[^\\])(\\\\)*\\$/.test(script.text.slice(0, placeholder.start)))
    return unsafe('follows a backslash');
  return faultAround(script, around, placeholder) ?? quotingIn(script, around);
}

function quotingIn(script: Script, around: readonly ShellNode[]): Quoting | Unsafe {
  const innermost = around.findLast(({ type }) =>
    ['raw_string', 'string', 'heredoc_body', 'command_substitution', 'process_substitution'].includes(type),
  );
  switch (innermost?.type) {
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

function faultAround(
  script: Script,
  around: readonly ShellNode[],
  placeholder: Placeholder,
): Unsafe | undefined {
  const written = ({ start, end }: ShellNode) => script.text.slice(start, end);
  const definition = around.findIndex(({ type }) => type === 'function_definition');
  if (definition >= 0 && around[definition + 1]?.type === 'word') return unsafe('names a function');
  if (around.some((it) => written(it).startsWith('(('))) return unsafe('stands in arithmetic');
  const test = around.find(({ type }) => type === 'test_command');
  if (test !== undefined && computes(script, test))
    return unsafe('stands in a test that computes', 'compare texts with = or ==');
  const declaration = around.find(({ type }) => type === 'declaration_command');
  if (declaration !== undefined && /^\S+\s+-/.test(written(declaration)))
    return unsafe('stands in a declaration with options');
  return evaluatorIn(script, around) ?? programTextIn(script, around, placeholder);
}

/** `[[ a -eq b ]]` and `-v` compute what they are given, and run what stands in it. */
function computes(script: Script, test: ShellNode): boolean {
  const operators = test.children.flatMap(function flat(it): readonly ShellNode[] {
    return it.type === 'test_operator' ? [it] : it.children.flatMap(flat);
  });
  return operators.some(({ start, end }) => /^-(eq|ne|lt|le|gt|ge|v|R)$/.test(script.text.slice(start, end)));
}

function isQuotedHeredoc(script: Script, around: readonly ShellNode[]): boolean {
  const redirect = around.findLast(({ type }) => type === 'heredoc_redirect');
  const start = redirect?.children.find(({ type }) => type === 'heredoc_start');
  return start === undefined || /['"\\]/.test(script.text.slice(start.start, start.end));
}
