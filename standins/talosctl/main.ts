import type { Command, Given } from '../cobra';
import { runStandIn, type StandInContext } from '../program';
import type { StandInState } from '../state/types';
import { health, kubeconfig } from './cluster';
import { bootstrap, listMembers, removeMember, snapshot } from './etcd';
import { flagsOf } from './flags';
import { getResource } from './get';
import { reset } from './reset';

type Run = Command<StandInContext>['run'];

/** What reads or writes YAML is loaded where it is needed: the other calls start twice as fast without. */
const lazily = {
  genSecrets: async (given: Given) => (await import('./secrets.js')).genSecrets(given),
  genConfig: async (context: StandInContext, given: Given) =>
    (await import('./config.js')).genConfig(context, given),
  applyConfig: async (context: StandInContext, given: Given) =>
    (await import('./apply.js')).applyConfig(context, given),
};

/** What the stand-in can do: the words of each command, how many words follow, what it does. */
const table: readonly (readonly [string, number, number, Run])[] = [
  ['version', 0, 0, (context, given) => version(context, given.bool('client', false))],
  ['gen secrets', 0, 0, (_, given) => lazily.genSecrets(given)],
  ['gen config', 2, 2, lazily.genConfig],
  ['apply-config', 0, 0, lazily.applyConfig],
  ['get', 1, 2, getResource],
  ['bootstrap', 0, 0, bootstrap],
  ['health', 0, 0, health],
  ['kubeconfig', 0, 1, kubeconfig],
  ['etcd snapshot', 1, 1, snapshot],
  ['etcd members', 0, 0, listMembers],
  ['etcd remove-member', 1, 1, removeMember],
  ['reset', 0, 0, reset],
];

function version(context: StandInContext, isClientOnly: boolean): string {
  const tag = context.change((state) => state.versions.talosctl);
  const client = `Client:\n\tTag:         ${tag}\n\tSHA:         standin\n\tBuilt:       \n\tGo version:  go1.25.5\n\tOS/Arch:     linux/amd64\n`;
  return isClientOnly ? client : `${client}Server:\n`;
}

/** The commands of the version that the state says. */
function commandsOf({ versions }: StandInState): readonly Command<StandInContext>[] {
  return table.map(([words, least, most, run]) => ({
    path: words.split(' '),
    flags: flagsOf(words, versions.talosctl),
    words: { least, most },
    run,
  }));
}

const [stateFile = '', ...argv] = process.argv.slice(2);
void runStandIn('talosctl', stateFile, argv, commandsOf);
