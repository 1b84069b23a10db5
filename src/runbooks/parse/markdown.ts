import type { Code, Nodes, Root, RootContent } from 'mdast';
import remarkFrontmatter from 'remark-frontmatter';
import remarkParse from 'remark-parse';
import { unified } from 'unified';

/** Largest runbook. The Markdown parser needs seconds for a megabyte. */
export const largestRunbookBytes = 64 * 1024;

const processor = unified().use(remarkParse).use(remarkFrontmatter, ['yaml']).freeze();

/** Reads Markdown; never fails, since every text is Markdown. */
export function parseMarkdown(text: string): Root {
  return processor.parse(text);
}

/** A part of a file under a heading, with the parts under deeper headings in it. */
export interface Section {
  readonly heading: string;
  readonly content: readonly RootContent[];
}

/** The text before the first heading of level 2, and the sections under these. */
export function sectionsOf(root: Root): {
  readonly title: string | undefined;
  readonly sections: readonly Section[];
} {
  const title = root.children.find((it) => it.type === 'heading' && it.depth === 1);
  const starts = root.children.flatMap((it, index) =>
    it.type === 'heading' && it.depth === 2 ? [index] : [],
  );
  const sections = starts.map((start, index) => {
    const [heading, ...content] = root.children.slice(start, starts[index + 1]);
    const end = content.findIndex((it) => it.type === 'heading' && it.depth === 1);
    return {
      heading: heading === undefined ? '' : plainText(heading),
      content: end < 0 ? content : content.slice(0, end),
    };
  });
  return { title: title && plainText(title), sections };
}

/** All fenced blocks below a node, in the order of the file. */
export function fencesIn(node: Nodes): readonly Code[] {
  if (node.type === 'code') return [node];
  return 'children' in node ? node.children.flatMap((child) => fencesIn(child)) : [];
}

/** The words of a node without their form. */
export function plainText(node: Nodes): string {
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map((child) => plainText(child)).join('') : '';
}

/** Offsets of a node in the file. */
export function rangeOf({ position }: Nodes): { readonly start: number; readonly end: number } {
  return { start: position?.start.offset ?? 0, end: position?.end.offset ?? 0 };
}
