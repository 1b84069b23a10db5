import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { playbookNames } from '../../ansible/catalogue';
import { playbookPlaces } from '../../ansible/places';
import { listRunbooks } from '../../runbooks/catalogue';
import { runbookFolder } from '../runbooks/folder';
import { likelyMachines, likelyProfiles } from '../clusters/names';
import { scenarioNames } from '../processes/scenarios';
import type { Session } from '../session';
import { likelyTemplates, templateRunbooks } from '../templates/names';
import { examples } from './shared';

/** Options and arguments that take the name of a node (an operation may be named by its node). */
const takesNode: ReadonlySet<string> = new Set(['node', 'nodes', 'target', 'operation']);

/**
 * `pxm completion <shell>`: a script that completes commands, options, their choices, and the names of nodes, clusters, runbooks,
 * templates and playbooks. Add it last: it looks at all other commands.
 */
export function addCompletionCommand(program: Command, session: Session): void {
  const completions = tab(program, { completionCommandName: 'completion' });
  for (const [path, completed] of completions.commands) {
    const { options, arguments: words } = completed;
    completed.description = summaryOf(program, path);
    for (const [name, taker] of [...options, ...words]) {
      const namesOf = namesFor(path, name);
      if (namesOf === undefined) continue;
      taker.handler = (complete) => {
        for (const it of namesOf(session)) complete(it, '');
      };
    }
  }
  const command = program.commands.find((it) => it.name() === 'completion');
  command
    ?.summary('print the completion script of a shell')
    .description(
      'Prints a script that completes commands, options, their choices and the names of nodes, clusters, runbooks, templates and playbooks (from files; nothing is connected to). bash needs the package bash-completion.',
    );
  if (command === undefined) return;
  examples(command, [
    ['source <(pxm completion bash)', 'in ~/.bashrc'],
    ['source <(pxm completion zsh)', 'in ~/.zshrc, after compinit'],
    ['pxm completion fish > ~/.config/fish/completions/pxm.fish', 'once'],
  ]);
}

/** What completes an option or argument of this name; `path` is that of its command. */
function namesFor(path: string, name: string): ((session: Session) => readonly string[]) | undefined {
  if (takesNode.has(name)) return nodeNames;
  if (name === 'template') return likelyTemplates;
  if (name === 'profile' && path.startsWith('cluster ')) return likelyProfiles;
  if (name === 'machine') return likelyMachines;
  if (name === 'scenario') return scenarioNames;
  if (name === 'playbook') return playbooksHere;
  if (name !== 'runbook') return undefined;
  return path.startsWith('template ') ? templateRunbooks : runbookNames;
}

/** The one line that `--help` has for a command; `path` is its name, and its parent's before it. */
function summaryOf(program: Command, path: string): string {
  const found = path
    .split(' ')
    .reduce<Command | undefined>(
      (parent, name) => parent?.commands.find((it) => it.name() === name),
      program,
    );
  return found?.summary() ?? '';
}

/** Who presses Tab must not be told of a configuration that is missing or wrong. */
function nodeNames(session: Session): string[] {
  try {
    return session.config().cluster.nodes.map((node) => node.name);
  } catch {
    return [];
  }
}

/** Of this machine; a worker elsewhere may have others. */
function playbooksHere(session: Session): readonly string[] {
  try {
    return playbookNames(playbookPlaces(session.config()));
  } catch {
    return [];
  }
}

function runbookNames(session: Session): string[] {
  return listRunbooks(runbookFolder(session)).map(({ name }) => name);
}
