import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { builtPackage, type BuiltPackage } from './support/builtPackage';
import { temporaryFolder } from './support/cli';
import { hasPseudoTerminal, keys, startAtTerminal, type TerminalRun } from './support/pseudoTerminal';

const config = `cluster:
  name: lab
  nodes:
    - { name: alpha, host: 192.0.2.1 }
    - { name: beta, host: 192.0.2.2 }
credentials:
  file: api-token
`;

/** How a shell is set up for it, as the documentation says, and started with that. */
interface Shell {
  /** Besides the shell itself. */
  readonly needs?: string;
  /** Its own start file, below the home folder. */
  readonly startFile: string;
  readonly start: readonly string[];
  /** A script that is kept in a file instead of being read at each start. */
  readonly scriptFile?: string;
  readonly words: readonly string[];
}

const bashCompletion = '/usr/share/bash-completion/bash_completion';
const shells: Readonly<Record<string, Shell>> = {
  bash: {
    needs: bashCompletion,
    startFile: '.bashrc',
    start: [`PS1='ready> '`, `source ${bashCompletion}`, 'source <(pxm completion bash)'],
    words: ['bash', '-i'],
  },
  zsh: {
    startFile: '.zshrc',
    start: [`PS1='ready> '`, 'autoload -Uz compinit && compinit -u', 'source <(pxm completion zsh)'],
    words: ['zsh', '-i'],
  },
  fish: {
    startFile: '.config/fish/config.fish',
    start: ['set fish_greeting', 'function fish_prompt', `echo -n 'ready> '`, 'end'],
    scriptFile: '.config/fish/completions/pxm.fish',
    words: ['fish', '-i'],
  },
};

/** What is typed before Tab, and what the command line is afterwards. */
const completed = [
  ['pxm gue', 'guests'],
  ['pxm token ro', 'token rotate'],
  ['pxm guests --so', 'guests --sort'],
  ['pxm next-vmid --range te', 'next-vmid --range templates'],
  ['pxm evacuate be', 'evacuate beta'],
  ['pxm guests --node al', 'guests --node alpha'],
] as const;

/** One Tab of each is a start of pxm, one after the other, on a busy machine. */
const timeoutMs = 300_000;

describe('Tab', () => {
  let built: BuiltPackage;
  let home: string;
  let run: TerminalRun | undefined;
  const before = { ...process.env };

  beforeAll(async () => {
    built = await builtPackage();
  });
  afterAll(() => built.remove());
  beforeEach(() => {
    home = temporaryFolder();
    write('cluster-config.yaml', config);
    // Completes with the real one, and shows what the shell has made of a command line.
    const real = `exec '${process.execPath}' '${built.cli}' "$@"`;
    write('bin/pxm', `#!/bin/sh\ncase $1 in complet*) ${real} ;; esac\nprintf 'line[%s]\\n' "$*"\n`, 0o700);
    Object.assign(process.env, {
      ...{ HOME: home, ZDOTDIR: home, TERM: 'xterm', PXM_CONFIG: join(home, 'cluster-config.yaml') },
      XDG_CONFIG_HOME: join(home, '.config'),
      PATH: [join(home, 'bin'), before['PATH'] ?? ''].join(delimiter),
    });
  });
  afterEach(() => {
    run?.hangUp();
    process.env = { ...before };
  });

  function write(name: string, text: string, mode = 0o600): void {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text, { mode });
  }

  function scriptOf(name: string): string {
    const { env } = process;
    const program = join(home, 'bin/pxm');
    const { stdout, status } = spawnSync(program, ['completion', name], { env, encoding: 'utf8' });
    expect(status).toBe(0);
    return stdout;
  }

  async function start(name: string, { startFile, start, scriptFile, words }: Shell): Promise<TerminalRun> {
    write(startFile, `${start.join('\n')}\n`);
    if (scriptFile !== undefined) write(scriptFile, scriptOf(name));
    const started = startAtTerminal(words);
    run = started;
    await started.shows('ready> ');
    return started;
  }

  for (const [name, shell] of Object.entries(shells)) {
    const isThere = hasPseudoTerminal && isInstalled(name, shell);
    (isThere ? it : it.skip)(
      `completes commands, options, choices and names of nodes in ${name}`,
      async () => {
        const shown = await start(name, shell);
        for (const [typed, line] of completed) {
          shown.type(`${typed}\t`);
          shown.type(keys.enter);
          await shown.shows(`line[${line}]`);
        }
        shown.type('exit\r');
        expect(await shown.exitCode).toBe(0);
      },
      timeoutMs,
    );
  }
});

function isInstalled(name: string, { needs }: Shell): boolean {
  const files = needs === undefined ? [] : [needs];
  return [name, ...files].every(
    (it) => spawnSync('sh', ['-c', `command -v ${it} || test -r ${it}`]).status === 0,
  );
}
