import { createHash } from 'node:crypto';
import type { RenderedStep, StepAction } from '../../domain/runbook/plan';
import { shownText, type Text } from '../../domain/runbook/text';

/**
 * The steps of a build, with each snippet under a name that tells its content (the first digits of its sha256): what is
 * written for a new version never changes what clones of older ones read. A snippet is a file that a step writes on
 * nodes and a request names as `<storage>:snippets/<file>`. One whose content is known only in the run is called after
 * the build.
 */
export function withOwnSnippets(steps: readonly RenderedStep[], buildName: string): readonly RenderedStep[] {
  const names = steps.flatMap(({ action }) =>
    action.type === 'request' ? action.parameters.flatMap(({ value }) => snippetsIn(shownText(value))) : [],
  );
  return [...new Set(names)].reduce((all, name) => {
    const contents = steps.flatMap(({ executor, action }) =>
      executor === 'SSH' && action.type === 'file' && shownText(action.path).endsWith(`/${name}`)
        ? [action.content]
        : [],
    );
    return contents.length === 0 ? all : renamed(all, name, ownName(name, contents, buildName));
  }, steps);
}

function snippetsIn(value: string): string[] {
  return [...value.matchAll(/:snippets\/([\w.-]+)/g)].flatMap(([, name]) =>
    name === undefined ? [] : [name],
  );
}

/** `debian-13-vendor.yaml` becomes `debian-13-vendor-3f1c09a2b7de.yaml`: of all that may be written there. */
function ownName(name: string, contents: readonly Text[], buildName: string): string {
  const isKnown = contents.flat().every((piece) => typeof piece === 'string');
  const whole = contents.map(shownText).join('\0');
  const tag = isKnown ? createHash('sha256').update(whole).digest('hex').slice(0, 12) : buildName;
  return name.replace(/(\.[^.]*)?$/, (ending) => `-${tag}${ending}`);
}

type Rename = (text: string) => string;

function renamed(steps: readonly RenderedStep[], name: string, own: string): readonly RenderedStep[] {
  const whole = new RegExp(`(?<![\\w.-])${name.replaceAll('.', '\\.')}(?![\\w.-])`, 'g');
  const rename: Rename = (text) => text.replaceAll(whole, () => own);
  return steps.map((step) => ({
    ...step,
    action: inAction(step.action, rename),
    shown: inShown(step, rename),
  }));
}

function inText(text: Text, rename: Rename): Text {
  return text.map((piece) => (typeof piece === 'string' ? rename(piece) : piece));
}

/** A file's path and not its content, of which the name tells. */
function inAction(action: StepAction, rename: Rename): StepAction {
  switch (action.type) {
    case 'request':
      return {
        ...action,
        path: inText(action.path, rename),
        parameters: action.parameters.map((it) => ({ ...it, value: inText(it.value, rename) })),
      };
    case 'script':
      return { ...action, script: inText(action.script, rename) };
    case 'program':
      return { ...action, words: action.words.map((word) => inText(word, rename)) };
    case 'file':
      return { ...action, path: inText(action.path, rename) };
    default:
      return action;
  }
}

function inShown({ action, shown }: RenderedStep, rename: Rename): string {
  if (action.type !== 'file') return rename(shown);
  const [first = '', ...content] = shown.split('\n');
  return [rename(first), ...content].join('\n');
}
