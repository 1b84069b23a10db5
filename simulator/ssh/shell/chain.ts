import { NotSimulated } from './context';
import type { ShellNode } from './grammar';

/** A command between `&&`, `||` and `|`. */
export interface Link {
  readonly node: ShellNode;
  readonly redirections: readonly ShellNode[];
  /** `!` stands before it. */
  readonly isNegated: boolean;
  /** What stands after it. */
  readonly next: '&&' | '||' | '|' | 'end';
}

/**
 * The commands of a chain in the order of the script. The grammar binds redirections, `!` and `|` otherwise than bash
 * does (`a && b > c` as one that writes to c), so its nesting is not looked at.
 */
export function linksOf(node: ShellNode): readonly Link[] {
  switch (node.type) {
    case 'list':
    case 'pipeline':
      return joined(node);
    case 'redirected_statement': {
      const [body, ...redirections] = node.children;
      if (body === undefined || redirections.some(({ type }) => type !== 'file_redirect')) {
        throw new NotSimulated(`${node.text}: the redirection`);
      }
      return withLast(linksOf(body), (last) => ({
        ...last,
        redirections: [...last.redirections, ...redirections],
      }));
    }
    case 'negated_command': {
      const [first, ...more] = node.children.slice(1).flatMap(linksOf);
      return first === undefined ? [] : [{ ...first, isNegated: !first.isNegated }, ...more];
    }
    default:
      return [{ node, redirections: [], isNegated: false, next: 'end' }];
  }
}

function joined({ children }: ShellNode): readonly Link[] {
  return children.reduce<readonly Link[]>((links, child) => {
    const { type } = child;
    if (type === 'comment' || type === '\n') return links;
    if (type === '&&' || type === '||' || type === '|') {
      return withLast(links, (last) => ({ ...last, next: type }));
    }
    return [...links, ...linksOf(child)];
  }, []);
}

function withLast(links: readonly Link[], change: (last: Link) => Link): readonly Link[] {
  const last = links.at(-1);
  return last === undefined ? links : [...links.slice(0, -1), change(last)];
}
