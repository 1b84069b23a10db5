import type { Parameter } from '../ast';
import type { Placeholder } from '../parse/placeholders';
import { evaluatorIn, programTextIn } from './evaluators';
import { isArithmetic } from './quoting';
import type { Script } from './script';
import { nodesAround, nodesOf, type ShellNode } from './tree';
import { unsafe, type Unsafe } from './unsafe';

const inertTypes: ReadonlySet<Parameter['type']> = new Set([
  'boolean',
  'duration',
  'integer',
  'node',
  'size',
  'storage',
  'vmid',
]);

/** The parameters whose values can have no character that means something to a shell, or that the runbook names. */
export function inertNames(parameters: readonly Parameter[]): ReadonlySet<string> {
  return new Set(
    parameters.filter((it) => inertTypes.has(it.type) || it.enum !== undefined).map(({ name }) => name),
  );
}

/**
 * Why a value that may be any text is dangerous at the place of a placeholder, however well it is quoted: something in
 * the script takes texts for commands or computes with them.
 */
export function dangerOf(script: Script, placeholder: Placeholder): Unsafe | undefined {
  const around = nodesAround(script.tree.root, placeholder.start);
  if (around.some(({ type }) => type === 'comment')) return undefined;
  if (isArithmetic(script, around))
    return unsafe('stands in arithmetic, which runs what it finds in texts', integer);
  const declaration = around.find(({ type }) => type === 'declaration_command');
  if (declaration !== undefined && /^\S+\s+-/.test(written(script, declaration)))
    return unsafe('stands in a declaration with options');
  return computation(script) ?? evaluatorIn(script, around) ?? programTextIn(script, around, placeholder);
}

const integer = 'give the parameter a type, such as type: integer';

/** A script that computes may do so with any of its variables: bash runs `$(..)` that it finds in an index there. */
function computation(script: Script): Unsafe | undefined {
  const { root } = script.tree;
  const computes =
    nodesOf(root, 'arithmetic_expansion', 'c_style_for_statement').length > 0 ||
    nodesOf(root, 'test_command', 'compound_statement').some((it) => written(script, it).startsWith('((')) ||
    nodesOf(root, 'test_operator').some(
      (it) => /^-(eq|ne|lt|le|gt|ge|v|R)$/.test(written(script, it)) && isDouble(script, it),
    ) ||
    nodesOf(root, 'expansion').some((it) => written(script, it).startsWith('${!')) ||
    nodesOf(root, 'subscript').some(({ children }) =>
      children.some(({ type }) => !['variable_name', '[', ']', 'number', 'word'].includes(type)),
    );
  return computes
    ? unsafe('could get into what this script computes', `${integer}, or compute in another step`)
    : undefined;
}

/** `[ a -eq b ]` takes numbers only; `[[ a -eq b ]]` computes. */
function isDouble(script: Script, operator: ShellNode): boolean {
  const test = nodesAround(script.tree.root, operator.start).findLast(({ type }) => type === 'test_command');
  return (
    test !== undefined &&
    (written(script, test).startsWith('[[') || /^-[vR]$/.test(written(script, operator)))
  );
}

function written(script: Script, { start, end }: ShellNode): string {
  return script.text.slice(start, end);
}
