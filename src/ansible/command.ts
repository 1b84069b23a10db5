import { join } from 'node:path';
import type { RunValue } from '../domain/runbook/values';
import type { Secret } from '../domain/secret';
import { childEnvironment } from '../programs/environment';
import type { PlaybookPlaces } from './places';

/** Which playbook is run, on what, with what. */
export interface PlaybookCall {
  readonly places: PlaybookPlaces;
  readonly file: string;
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

/** Where Ansible keeps what it needs while it runs: folders of this user only. */
export interface AnsibleFolders {
  /** In place of `~/.ansible`. */
  readonly home: string;
  /** Sockets of SSH connections that are kept: a short path, since sockets can't have long ones. */
  readonly sockets: string;
}

/** The values of a run's extra variables. */
export interface ExtraVars {
  readonly plain: Readonly<Record<string, RunValue>>;
  readonly secret: Readonly<Record<string, Secret>>;
}

/** Where our callback plugin lies, beside this module. */
const pluginsFolder = join(__dirname, 'plugins');

/** What playbooks need of our environment beside what every program gets: places, no secrets. */
const furtherVariables = ['SSH_AUTH_SOCK', 'KUBECONFIG', 'TALOSCONFIG'];

/**
 * Standard input is the vault password. It reaches Ansible as the content of a pipe on descriptor 3 (a here-document; a
 * socket, which Node's pipes are, could not be opened by its name), and standard input is empty then. The shell stays,
 * to write down the exit code; signals to the group are Ansible's business, so it only notes them.
 */
const script = [
  'ulimit -c 0',
  "trap ':' HUP INT TERM",
  'vault=$(cat)',
  'if [ -n "$vault" ]; then "$@" 3<<END </dev/null',
  '$vault',
  'END',
  'else "$@" </dev/null; fi',
  'code=$?',
  '[ -z "$PXM_EXIT_FILE" ] || { echo "$code" >"$PXM_EXIT_FILE.new" && mv "$PXM_EXIT_FILE.new" "$PXM_EXIT_FILE"; }',
  'exit "$code"',
].join('\n');

/** The words that run ansible-playbook by way of a shell; `options` come first. No secret is among them. */
export function playbookWords(
  { places, file, limit, tags, skipTags }: PlaybookCall,
  options: readonly string[],
  { varsFile, hasVault }: { readonly varsFile?: string; readonly hasVault: boolean },
): readonly [string, ...string[]] {
  return [
    ...(['/bin/sh', '-c', script, 'sh', 'ansible-playbook'] as const),
    ...options,
    ...['--inventory', places.inventory],
    // In one word each: a value may begin with a hyphen.
    ...(limit === undefined ? [] : [`--limit=${limit}`]),
    ...(tags.length === 0 ? [] : [`--tags=${tags.join(',')}`]),
    ...(skipTags.length === 0 ? [] : [`--skip-tags=${skipTags.join(',')}`]),
    ...(varsFile === undefined ? [] : ['--extra-vars', `@${varsFile}`]),
    ...(hasVault ? ['--vault-password-file', '/dev/fd/3'] : []),
    file,
  ];
}

/** The environment of Ansible: an allow-list of ours, and what it must do otherwise than its settings may say. */
export function playbookEnvironment(
  { settings }: PlaybookPlaces,
  { home, sockets }: AnsibleFolders,
): Record<string, string> {
  const ours = Object.entries(childEnvironment(furtherVariables)).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(ours),
    // What it says is told apart by its English texts, and it insists on UTF-8.
    LC_ALL: 'C.UTF-8',
    ...(settings === undefined ? {} : { ANSIBLE_CONFIG: settings }),
    ANSIBLE_HOME: home,
    ANSIBLE_SSH_CONTROL_PATH_DIR: sockets,
    ANSIBLE_RETRY_FILES_ENABLED: '0',
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_FORCE_COLOR: '0',
    ANSIBLE_VERBOSITY: '0',
    ANSIBLE_DIFF_ALWAYS: '0',
    ANSIBLE_STDOUT_CALLBACK: 'default',
    ANSIBLE_CALLBACK_PLUGINS: pluginsFolder,
    ANSIBLE_CALLBACKS_ENABLED: 'pxm_progress',
    // Plugins of the tree are compiled beside their files otherwise, which would change the tree.
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

/**
 * The file of extra variables (YAML, of which JSON is a part). Secrets are marked, so that Ansible never takes a part of
 * them for a template.
 */
export function extraVarsText({ plain, secret }: ExtraVars): string {
  const names = [...Object.keys(plain), ...Object.keys(secret)];
  return [
    // An empty file is no set of variables for Ansible.
    names.length === 0 ? '--- {}' : '---',
    ...Object.entries(plain).map(([name, value]) => `${yamlOf(name)}: ${yamlOf(value)}`),
    ...Object.entries(secret).map(([name, value]) => `${yamlOf(name)}: !unsafe ${yamlOf(value.reveal())}`),
    '',
  ].join('\n');
}

/** JSON, in which nothing is left that YAML reads otherwise: characters that end a line in YAML only. */
function yamlOf(value: RunValue): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u00a0\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
