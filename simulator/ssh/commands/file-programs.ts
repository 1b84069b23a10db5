import { createHash } from 'node:crypto';
import { FileError } from '../files/file-error';
import { fileMode, NotSimulated, type CommandContext, type Program } from '../shell/context';

/** Programs that read and change files, as far as the project needs them. Options that change nothing here are passed over. */
export const filePrograms: Readonly<Record<string, Program>> = {
  cat: (context, args) =>
    eachFile(context, 'cat', plainOperands('cat', args), (file) => context.out(context.files.read(file))),
  sha256sum: (context, args) =>
    eachFile(context, 'sha256sum', plainOperands('sha256sum', args), (file) => {
      const digest = createHash('sha256').update(context.files.read(file)).digest('hex');
      context.out(`${digest}  ${file}\n`);
    }),
  rm: remove,
  mv: move,
  mkdir: makeDirectory,
  rmdir: (context, args) =>
    complaining(context, 'rmdir: failed to remove', operands(args), (file) =>
      context.files.removeDirectory(file),
    ),
  chmod: changeMode,
  chown: changeOwner,
  stat: statFile,
  ls: listFiles,
  touch: (context, args) =>
    complaining(context, 'touch: cannot touch', operands(args), (file) => {
      if (!context.files.exists(file)) context.files.write(file, Buffer.alloc(0), fileMode(context));
    }),
  tee: async (context, args) => {
    const content = await context.stdin();
    context.out(content);
    return complaining(context, 'tee:', operands(args), (file) =>
      context.files.write(file, content, fileMode(context)),
    );
  },
  sync: () => 0,
  mktemp: makeTemporary,
  readlink: (context, args) => {
    context.out(`${context.files.resolve(operands(args)[0] ?? '')}\n`);
    return 0;
  },
};

/** The arguments that are no options. */
function operands(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  const plain = (list: readonly string[]): string[] =>
    list.filter((arg) => arg === '-' || !arg.startsWith('-'));
  return end < 0 ? plain(args) : [...plain(args.slice(0, end)), ...args.slice(end + 1)];
}

/** The same, for programs whose options change what they print. */
function plainOperands(
  name: string,
  args: readonly string[],
  known: readonly string[] = [],
): readonly string[] {
  const files = operands(args);
  const options = args.filter((arg) => !files.includes(arg) && arg !== '--');
  if (options.every((option) => known.includes(option))) return files;
  throw new NotSimulated(`${name} ${args.join(' ')}`);
}

function hasFlag(args: readonly string[], letter: string): boolean {
  const end = args.indexOf('--');
  const before = end < 0 ? args : args.slice(0, end);
  return before.some((arg) => /^-[A-Za-z]+$/.test(arg) && arg.includes(letter));
}

/** Every file, or the standard input where none is named. */
async function eachFile(
  context: CommandContext,
  name: string,
  files: readonly string[],
  act: (file: string) => void,
): Promise<number> {
  if (files.length > 0 && !files.includes('-')) return complaining(context, `${name}:`, files, act);
  const input = await context.stdin();
  if (name === 'cat') context.out(input);
  else context.out(`${createHash('sha256').update(input).digest('hex')}  -\n`);
  return 0;
}

/** `<start> <file>: <text>` for each file that fails; the exit code. `start` ends in `:` where the file is not quoted. */
function complaining(
  context: CommandContext,
  start: string,
  files: readonly string[],
  act: (file: string) => void,
): number {
  let exitCode = 0;
  for (const file of files) {
    try {
      act(file);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      context.err(`${start} ${start.endsWith(':') ? file : `'${file}'`}: ${error.message}\n`);
      exitCode = 1;
    }
  }
  return exitCode;
}

function remove(context: CommandContext, args: readonly string[]): number {
  const force = hasFlag(args, 'f');
  const recursive = hasFlag(args, 'r') || hasFlag(args, 'R');
  const removeOne = (file: string): void => {
    if (force && !context.files.exists(file)) return;
    if (recursive && context.files.stat(file).kind === 'directory') {
      for (const name of context.files.list(file)) removeOne(`${file}/${name}`);
      context.files.removeDirectory(file);
    } else context.files.remove(file);
  };
  return complaining(context, 'rm: cannot remove', operands(args), removeOne);
}

function move(context: CommandContext, args: readonly string[]): number {
  const [from = '', to = ''] = operands(args);
  return complaining(context, 'mv: cannot stat', [from], () => {
    const isFolder = context.files.exists(to) && context.files.stat(to).kind === 'directory';
    const target = isFolder && !hasFlag(args, 'T') ? `${to}/${from.split('/').at(-1) ?? ''}` : to;
    try {
      context.files.rename(from, target);
    } catch (error) {
      if (!(error instanceof FileError) || error.code !== 'EXDEV') throw error;
      context.files.write(target, context.files.read(from), context.files.stat(from).mode);
      context.files.remove(from);
    }
  });
}

function makeDirectory(context: CommandContext, args: readonly string[]): number {
  const withParents = hasFlag(args, 'p');
  const mode = 0o777 & ~context.shell.umask;
  return complaining(context, 'mkdir: cannot create directory', operands(withoutMode(args)), (file) => {
    if (!withParents) {
      context.files.makeDirectory(file, mode);
      return;
    }
    const parts = context.files.resolve(file).split('/').slice(1);
    for (const [index] of parts.entries()) {
      const folder = `/${parts.slice(0, index + 1).join('/')}`;
      if (!context.files.exists(folder)) context.files.makeDirectory(folder, mode);
    }
  });
}

/** Without `-m MODE`. */
function withoutMode(args: readonly string[]): string[] {
  const at = args.indexOf('-m');
  return args.filter((_, index) => at < 0 || (index !== at && index !== at + 1));
}

function changeMode(context: CommandContext, args: readonly string[]): number {
  const [mode = '', ...files] = operands(args);
  if (!/^[0-7]{3,4}$/.test(mode)) {
    context.err(`chmod: invalid mode: '${mode}'\n`);
    return 1;
  }
  return complaining(context, 'chmod: changing permissions of', files, (file) =>
    context.files.change(file, { mode: parseInt(mode, 8) }),
  );
}

const ids: Readonly<Record<string, number>> = { root: 0, 'www-data': 33, backup: 34, nobody: 65534 };

function changeOwner(context: CommandContext, args: readonly string[]): number {
  const [owner = '', ...files] = operands(args);
  const [user = '', group = user] = owner.split(':');
  const idOf = (name: string): number => ids[name] ?? Number(name);
  if (Number.isNaN(idOf(user)) || Number.isNaN(idOf(group))) {
    context.err(`chown: invalid user: '${owner}'\n`);
    return 1;
  }
  return complaining(context, 'chown: changing ownership of', files, (file) =>
    context.files.change(file, { owner: idOf(user), group: idOf(group) }),
  );
}

/** `stat -c FORMAT FILE` with %a %s %u %g %U %G %Y %n %F. */
function statFile(context: CommandContext, args: readonly string[]): number {
  const at = args.findIndex((arg) => arg === '-c' || arg === '--format');
  const long = args.find((arg) => /^(-c|--format=)./.test(arg) && arg !== '-c');
  const format = long?.replace(/^(-c|--format=)/, '') ?? args[at + 1] ?? '%n';
  const files = operands(args.filter((_, index) => at < 0 || (index !== at && index !== at + 1)));
  const nameOf = (id: number): string =>
    Object.entries(ids).find(([, number]) => number === id)?.[0] ?? 'UNKNOWN';
  return complaining(context, 'stat: cannot statx', files, (file) => {
    const { kind, mode, sizeBytes, owner, group, modifiedAt } = context.files.stat(file);
    const values: Readonly<Record<string, string>> = {
      a: mode.toString(8),
      s: String(sizeBytes),
      u: String(owner),
      g: String(group),
      U: nameOf(owner),
      G: nameOf(group),
      Y: String(modifiedAt),
      n: file,
      F: kind === 'file' ? 'regular file' : 'directory',
    };
    context.out(`${format.replace(/%([a-zA-Z])/g, (all, letter: string) => values[letter] ?? all)}\n`);
  });
}

function listFiles(context: CommandContext, args: readonly string[]): number {
  const [file = '.', ...more] = plainOperands('ls', args, ['-1']);
  if (more.length > 0) throw new NotSimulated(`ls ${args.join(' ')}`);
  const exitCode = complaining(context, 'ls: cannot access', [file], () => {
    const names = context.files.stat(file).kind === 'file' ? [file] : context.files.list(file);
    context.out(names.map((name) => `${name}\n`).join(''));
  });
  return exitCode === 0 ? 0 : 2;
}

function makeTemporary(context: CommandContext, args: readonly string[]): number {
  const [template = '/tmp/tmp.XXXXXXXXXX'] = operands(args);
  const name = template.replace(/X+$/, (all) => context.cluster.random.hex(all.length));
  return complaining(context, 'mktemp: failed to create file via template', [template], () => {
    if (hasFlag(args, 'd')) context.files.makeDirectory(name, 0o700);
    else context.files.write(name, Buffer.alloc(0), 0o600);
    context.out(`${name}\n`);
  });
}
