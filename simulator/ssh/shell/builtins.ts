import { NotSimulated, ShellExit, type CommandContext, type Program } from './context';

/** Commands that the shell does itself. */
export const builtins: ReadonlyMap<string, Program> = new Map<string, Program>([
  [':', () => 0],
  ['exit', exit],
  ['export', exportNames],
  ['set', set],
  ['umask', umask],
]);

function exit({ shell }: CommandContext, [code]: readonly string[]): never {
  if (code !== undefined && !/^\d+$/.test(code)) throw new NotSimulated(`exit ${code}`);
  throw new ShellExit(code === undefined ? shell.exitCode : Number(code) % 256);
}

/** Values have been assigned before. */
function exportNames({ shell }: CommandContext, names: readonly string[]): number {
  if (names.some((name) => !/^[A-Za-z_]\w*$/.test(name))) throw new NotSimulated(`export ${names.join(' ')}`);
  for (const name of names) shell.exported.add(name);
  return 0;
}

const options: Readonly<Record<string, 'errexit' | 'nounset' | 'pipefail'>> = {
  ...{ e: 'errexit', u: 'nounset', errexit: 'errexit', nounset: 'nounset', pipefail: 'pipefail' },
};

function set({ shell }: CommandContext, args: readonly string[]): number {
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [sign = '', ...letters] = arg;
    for (const letter of letters) {
      const option = options[letter === 'o' ? (rest.shift() ?? '') : letter];
      if (option === undefined) throw new NotSimulated(`set ${args.join(' ')}`);
      shell[option] = sign === '-';
    }
    if (!/^[-+]\w/.test(arg)) throw new NotSimulated(`set ${args.join(' ')}`);
  }
  return 0;
}

function umask({ shell, out }: CommandContext, [mask]: readonly string[]): number {
  if (mask === undefined) out(`${shell.umask.toString(8).padStart(4, '0')}\n`);
  else if (/^[0-7]{1,4}$/.test(mask)) shell.umask = parseInt(mask, 8);
  else throw new NotSimulated(`umask ${mask}`);
  return 0;
}
