import type { ParseScript, ShellNode } from './grammar';

/** The words of a line that is one command without expansions, its redirections left out; of any other the line itself. */
export function literalWords(line: string, parse: ParseScript): readonly string[] {
  const [statement, ...more] = parse(line)?.children ?? [];
  if (statement === undefined || more.length > 0) return [line];
  const isRedirected = statement.type === 'redirected_statement';
  const command = isRedirected ? statement.children[0] : statement;
  const further = isRedirected
    ? statement.children.slice(1).flatMap(({ children }) => furtherWords(children))
    : [];
  if (command?.type !== 'command') return [line];
  const words = [...command.children, ...further]
    .filter(({ type }) => type !== 'file_redirect')
    .map(literalOf);
  return words.every((word) => word !== undefined) ? words : [line];
}

/** Words behind a redirection's target, which the grammar takes for a part of it. */
function furtherWords(children: readonly ShellNode[]): readonly ShellNode[] {
  return children.filter(({ isNamed, type }) => isNamed && type !== 'file_descriptor').slice(1);
}

/** What a word is without its quotes. Undefined: it depends on something. */
function literalOf(node: ShellNode): string | undefined {
  const { type, text, children } = node;
  switch (type) {
    case 'word':
    case 'number':
      return text.replace(/\\([\s\S])/g, (_, it: string) => (it === '\n' ? '' : it));
    case 'raw_string':
      return text.slice(1, -1);
    case 'string':
      return children.some((child) => child.isNamed && child.type !== 'string_content')
        ? undefined
        : text.slice(1, -1).replace(/\\([$`"\\\n])/g, (_, it: string) => (it === '\n' ? '' : it));
    case 'command_name':
    case 'concatenation': {
      const parts = children.map(literalOf);
      return parts.every((part) => part !== undefined) ? parts.join('') : undefined;
    }
    case 'variable_assignment':
      return /[$`'"\\]/.test(text) ? undefined : text;
    default:
      return undefined;
  }
}
