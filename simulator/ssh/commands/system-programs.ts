import { nodeTime } from '../../cluster/node-endpoints';
import { versionOnNode } from '../../cluster/version';
import { NotSimulated, type Program } from '../shell/context';

/** Programs that tell about the node, or just wait. */
export const systemPrograms: Readonly<Record<string, Program>> = {
  true: () => 0,
  false: () => 1,
  hostname: ({ out, node }, args) => {
    refuseArguments('hostname', args, ['-s', '--short']);
    out(`${node.name}\n`);
    return 0;
  },
  uname: ({ out, node, cluster }, args) => {
    refuseArguments('uname', args, ['-r', '-n', '-s']);
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
    refuseArguments('id', args, ['-u', '-un', 'root']);
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
  date: ({ out, node, cluster }, args) => {
    refuseArguments('date', args, ['+%s', '-u']);
    const [format] = args;
    const seconds = nodeTime(cluster, node);
    if (format === '+%s') out(`${seconds}\n`);
    else out(`${new Date(seconds * 1000).toUTCString()}\n`);
    return 0;
  },
  sleep: async ({ cluster, signal }, args) => {
    const [seconds = ''] = args;
    if (args.length !== 1 || !/^(infinity|[\d.]+)$/.test(seconds))
      throw new NotSimulated(`sleep ${args.join(' ')}`);
    await cluster.clock.sleep(seconds === 'infinity' ? 1e9 : Number(seconds), signal).catch(() => undefined);
    return 0;
  },
};

function refuseArguments(name: string, args: readonly string[], known: readonly string[]): void {
  if (args.length > 1 || !args.every((arg) => known.includes(arg))) {
    throw new NotSimulated(`${name} ${args.join(' ')}`);
  }
}
