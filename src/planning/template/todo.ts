import type { TemplateVersion } from './versions';

/** What a template is to be made of and where. */
export interface WantedTemplate {
  /** `sha256:<hex>` and the like, as in the marker. */
  readonly digest: string;
  readonly runbookHash: string;
  readonly settings: string;
  /** Nodes that need a copy; the first one builds. */
  readonly nodes: readonly string[];
  /** One copy serves every node. */
  readonly shared: boolean;
  /** Build even if everything is as it should be. */
  readonly rebuild: boolean;
}

/** What is to be done, and why. */
export interface TemplateTodo {
  /** `replicate`: the version in force lacks copies on nodes. */
  readonly todo: 'build' | 'replicate' | 'nothing';
  readonly because: string;
  readonly generation: number;
  /** Nodes that get a copy. */
  readonly nodes: readonly string[];
}

/** Compares what is in force with what is wanted. */
export function templateTodo(versions: readonly TemplateVersion[], wanted: WantedTemplate): TemplateTodo {
  const [inForce] = versions;
  const generation = (inForce?.generation ?? 0) + 1;
  const build = (because: string): TemplateTodo => ({
    todo: 'build',
    because,
    generation,
    nodes: wanted.nodes,
  });
  if (inForce === undefined) return build('there is none yet');
  if (wanted.rebuild) return build('a rebuild was asked for');
  const changed = changes(inForce, wanted);
  if (changed.length > 0)
    return build(`${changed.join(' and ')} changed since version ${inForce.generation}`);
  const has = new Set(inForce.copies.map(({ node }) => node));
  const lacking = wanted.shared ? [] : wanted.nodes.filter((node) => !has.has(node));
  if (lacking.length === 0) {
    const because = `version ${inForce.generation} is of the same image, runbook and settings`;
    return { todo: 'nothing', because, generation: inForce.generation, nodes: [] };
  }
  const because = `version ${inForce.generation} is not on ${lacking.join(', ')} yet`;
  return { todo: 'replicate', because, generation: inForce.generation, nodes: lacking };
}

function changes({ copies }: TemplateVersion, wanted: WantedTemplate): string[] {
  const facts = [
    ['the image', 'digest'],
    ['the runbook', 'runbookHash'],
    ['the settings', 'settings'],
  ] as const;
  return facts
    .filter(([, field]) => copies.some(({ marker }) => marker?.[field] !== wanted[field]))
    .map(([words]) => words);
}
