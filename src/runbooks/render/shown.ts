import type { Argument, StepAction } from '../../domain/runbook/plan';
import { shownText } from '../../domain/runbook/text';

/**
 * What is done, as a person reads it: secrets masked, values of the run as `{{name}}`. `instructions` are what a step of
 * a person consists of.
 */
export function shownAction(action: StepAction, instructions: string): string {
  switch (action.type) {
    case 'request':
      return [
        `${action.method} ${shownText(action.path)}`,
        ...action.headers.map(({ name, value }) => `${name}: ${shownText(value)}`),
        ...lines(action.parameters),
        ...(action.waitForTask ? ['(waits for the task)'] : []),
      ].join('\n');
    case 'script':
      return withInput(shownText(action.script), action.stdin);
    case 'program':
      return withInput(action.words.map((word) => oneWord(shownText(word))).join(' '), action.stdin);
    case 'file':
      return `write ${shownText(action.path)} (mode ${action.mode}):\n${shownText(action.content)}`;
    case 'builtin':
      return [action.name, ...lines(action.arguments)].join('\n');
    case 'runbook':
      return [`runbook ${action.name}`, ...lines(action.arguments)].join('\n');
    case 'gate': {
      const said = instructions.trim();
      return `a person says that it is done${said === '' ? '' : `: ${said}`}`;
    }
  }
}

function lines(written: readonly Argument[]): readonly string[] {
  return written.map(({ name, value }) => `${name}=${shownText(value)}`);
}

function withInput(text: string, stdin: Parameters<typeof shownText>[0] | undefined): string {
  return stdin === undefined ? text : `${text}\n(standard input: ${shownText(stdin)})`;
}

function oneWord(word: string): string {
  return /^[\w./:=,@%+{}-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
