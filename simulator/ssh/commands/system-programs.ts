import { nodeTime } from '../../cluster/node-endpoints';
import { versionOnNode } from '../../cluster/version';
import type { CommandContext, Program } from '../shell/context';

/** Programs that tell about the node, or just wait. */
export const systemPrograms: Readonly<Record<string, Program>> = {
  true: () => 0,
  ':': () => 0,
  false: () => 1,
  exit: (_, [code = '0']) => Number(code),
  echo: (context, args) => {
    const [first] = args;
    const words = first === '-n' ? args.slice(1) : args;
    context.out(words.join(' ') + (first === '-n' ? '' : '\n'));
    return 0;
  },
  printf: (context, [format = '', ...values]) => {
    let next = 0;
    const text = format.replace(/%s/g, () => values[next++] ?? '').replace(/\\n/g, '\n');
    context.out(text);
    return 0;
  },
  hostname: ({ out, node }) => {
    out(`${node.name}\n`);
    return 0;
  },
  uname: ({ out, node, cluster }, args) => {
    const release = versionOnNode(cluster.version, node).kernelRelease;
    out(`${args.includes('-r') ? release : args.includes('-n') ? node.name : 'Linux'}\n`);
    return 0;
  },
  pveversion: ({ out, node, cluster }) => {
    const { version, repoid, kernelRelease } = versionOnNode(cluster.version, node);
    out(`pve-manager/${version}/${repoid} (running kernel: ${kernelRelease})\n`);
    return 0;
  },
  id: ({ out }, args) => {
    out(
      args.includes('-u')
        ? '0\n'
        : args.includes('-un')
          ? 'root\n'
          : 'uid=0(root) gid=0(root) groups=0(root)\n',
    );
    return 0;
  },
  whoami: ({ out }) => {
    out('root\n');
    return 0;
  },
  date: ({ out, node, cluster }, [format]) => {
    const seconds = nodeTime(cluster, node);
    if (format === '+%s') out(`${seconds}\n`);
    else out(`${new Date(seconds * 1000).toUTCString()}\n`);
    return 0;
  },
  umask: ({ shell, out }, [mask]) => {
    if (mask === undefined) out(`${shell.umask.toString(8).padStart(4, '0')}\n`);
    else shell.umask = parseInt(mask, 8);
    return 0;
  },
  set: ({ shell }, args) => {
    if (args.some((arg) => /^-\w*e/.test(arg))) shell.stopAtFailure = true;
    return 0;
  },
  sleep: async ({ cluster, signal }, [seconds = '0']) => {
    await cluster.clock.sleep(seconds === 'infinity' ? 1e9 : Number(seconds), signal).catch(() => undefined);
    return 0;
  },
  command: ({ out }, args) => {
    const name = args.at(-1) ?? '';
    out(`/usr/bin/${name}\n`);
    return 0;
  },
  head: async (context, args) => {
    const lines = Number(
      /^-(?:n ?)?(\d+)$/.exec(args.slice(0, args[0] === '-n' ? 2 : 1).join(' '))?.[1] ?? 10,
    );
    const bytes = Number(/^-c(\d+)$/.exec(args[0] ?? '')?.[1] ?? (args[0] === '-c' ? args[1] : NaN));
    const file = args.at(-1) ?? '';
    const isZero = file === '/dev/zero';
    const content = isZero
      ? Buffer.alloc(bytes)
      : context.files.exists(file)
        ? context.files.read(file)
        : await context.stdin();
    context.out(Number.isNaN(bytes) ? firstLines(content, lines) : content.subarray(0, bytes));
    return 0;
  },
  grep: async (context, args) => {
    const [pattern = ''] = args.filter((arg) => !arg.startsWith('-'));
    const lines = (await context.stdin()).toString().split('\n');
    const onlyMatches = args.some((arg) => /^-\w*o/.test(arg));
    const found = lines.flatMap((line) =>
      onlyMatches
        ? [...line.matchAll(new RegExp(pattern, 'g'))].map(([match]) => match)
        : line.match(pattern) === null
          ? []
          : [line],
    );
    context.out(found.map((line) => `${line}\n`).join(''));
    return found.length > 0 ? 0 : 1;
  },
  wc: async (context) => {
    context.out(`${(await context.stdin()).length}\n`);
    return 0;
  },
};

function firstLines(content: Buffer, count: number): string {
  const lines = content.toString().split(/(?<=\n)/);
  return lines.slice(0, count).join('');
}

/** Says on the standard error that the simulator can't do this; the exit code. */
export function notSimulated({ err }: CommandContext, what: string): number {
  err(`simulator: ${what} is not implemented\n`);
  return 126;
}
