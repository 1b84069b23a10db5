import { NotSimulated, ShellExit, type CommandContext } from './context';

/** What bash computes itself: nothing here does, and as unset they would be wrong. */
const computed =
  /^(BASH\w*|RANDOM|SRANDOM|SECONDS|EPOCH\w+|LINENO|PIPESTATUS|IFS|PPID|FUNCNAME|GROUPS|DIRSTACK|SHLVL|OLDPWD|OPT\w+|PS\d|MACHTYPE|COLUMNS|LINES|_)$/;

/** The value of `$a`, `${a}`, `$1`, `$?`, `$#`; those of `$@` and `$*`, as they are. Anything else is not simulated. */
export function parameterOf(context: CommandContext, expansion: string): string | readonly string[] {
  const { shell } = context;
  const name = /^\$(?:\{(\w+|[@*#?])\}|([A-Za-z_]\w*|\d|[@*#?]))$/.exec(expansion)?.slice(1).find(Boolean);
  if (name === undefined || computed.test(name)) throw new NotSimulated(expansion);
  const [, ...given] = shell.given;
  switch (name) {
    case '@':
    case '*':
      return given;
    case '#':
      return String(given.length);
    case '?':
      return String(shell.exitCode);
    default:
      return (
        (/^\d+$/.test(name) ? shell.given[Number(name)] : variable(context, name)) ?? unset(context, name)
      );
  }
}

function variable({ shell, node }: CommandContext, name: string): string | undefined {
  const own: Readonly<Record<string, string>> = {
    HOSTNAME: node.name,
    UID: '0',
    EUID: '0',
    OSTYPE: 'linux-gnu',
  };
  return shell.variables.get(name) ?? own[name];
}

function unset({ shell, err }: CommandContext, name: string): string {
  if (!shell.nounset) return '';
  err(`bash: ${/^\d/.test(name) ? '$' : ''}${name}: unbound variable\n`);
  throw new ShellExit(127);
}

/** Sets a variable. */
export function assign({ shell }: CommandContext, name: string, value: string): void {
  if (computed.test(name) || ['HOSTNAME', 'UID', 'EUID'].includes(name))
    throw new NotSimulated(`setting ${name}`);
  shell.variables.set(name, value);
}
