import type { NodeState } from '../../cluster/nodes';
import { isQuorate } from '../../cluster/quorum';
import type { ClusterState } from '../../cluster/state';
import type { StorageState } from '../../cluster/storages';
import { isFileStorage } from '../../storage/volume-names';
import { FileTree } from './file-tree';
import { NodeFiles, type Mount } from './node-files';
import { noteFile, storageFolder } from './stored-files';

/** A file that is there from the start. */
export interface GivenFile {
  readonly path: string;
  readonly node?: string | undefined;
  readonly content: string;
  readonly mode: number;
}

/** What the files of the nodes are made from. */
export interface ClusterFileOptions {
  readonly cluster: ClusterState;
  /** Public keys that root may log in with, one a line. */
  readonly authorizedKeys: string;
  /** The node's public host key now, as in ssh_host_ed25519_key.pub. */
  readonly hostKeyOf: (node: string) => string;
  readonly given: readonly GivenFile[];
}

const clusterFolder = '/etc/pve';

/** The files of every node: /etc/pve and shared storages are the same on all of them. */
export function buildClusterFiles(options: ClusterFileOptions): ReadonlyMap<string, NodeFiles> {
  const { cluster } = options;
  const shared = clusterTree(options);
  const now = (): number => cluster.clock.now();
  const storages = [...cluster.storages.values()].filter((storage) => isFileStorage(storage));
  const sharedMounts = storages
    .filter((storage) => storage.shared)
    .map((storage): Mount => {
      const tree = new FileTree(now, (path) => noteFile(cluster, [storage], { tree, path, node: undefined }));
      addStorageFolders(tree, storage);
      return { at: storageFolder(storage), tree };
    });
  return new Map(
    [...cluster.nodes.values()].map((node): [string, NodeFiles] => {
      const local = storages.filter((storage) => !storage.shared);
      const root = new FileTree(now, (path) =>
        noteFile(cluster, local, { tree: root, path, node: node.name }),
      );
      for (const storage of local) addStorageFolders(root, storage);
      addNodeFiles(root, node, options);
      const clusterMount = {
        at: clusterFolder,
        tree: shared,
        canWrite: () => isQuorate(cluster, node),
        fixedModes: true,
      };
      const files = new NodeFiles(node.name, [{ at: '/', tree: root }, ...sharedMounts, clusterMount]);
      for (const file of options.given) {
        if (file.node === undefined || file.node === node.name) putGiven(files, root, file);
      }
      return [node.name, files];
    }),
  );
}

function putGiven(files: NodeFiles, root: FileTree, { path, content, mode }: GivenFile): void {
  if (path.startsWith(`${clusterFolder}/`)) {
    if (!files.exists(path)) files.write(path, Buffer.from(content), mode);
  } else root.put(path, Buffer.from(content), mode);
}

function clusterTree({ cluster, authorizedKeys }: ClusterFileOptions): FileTree {
  const tree = new FileTree(() => cluster.clock.now());
  const live = (read: () => string) => (): Buffer => Buffer.from(read());
  tree.put(
    `${clusterFolder}/pve-root-ca.pem`,
    live(() => cluster.certificateAuthorityPem),
    0o640,
  );
  tree.put(`${clusterFolder}/priv/authorized_keys`, Buffer.from(authorizedKeys), 0o600);
  for (const node of cluster.nodes.values()) {
    const folder = `${clusterFolder}/nodes/${node.name}`;
    tree.put(
      `${folder}/pve-ssl.pem`,
      live(() => node.certificatePem),
      0o640,
    );
    for (const name of ['qemu-server', 'lxc', 'priv']) tree.putDirectory(`${folder}/${name}`);
  }
  return tree;
}

function addNodeFiles(root: FileTree, node: NodeState, { cluster, hostKeyOf }: ClusterFileOptions): void {
  root.put('/etc/hostname', Buffer.from(`${node.name}\n`));
  root.put('/etc/hosts', () =>
    Buffer.from(
      ['127.0.0.1 localhost', ...[...cluster.nodes.values()].map(({ ip, name }) => `${ip} ${name}`), ''].join(
        '\n',
      ),
    ),
  );
  root.put('/etc/ssh/ssh_host_ed25519_key.pub', () => Buffer.from(`${hostKeyOf(node.name)}\n`));
  root.putDirectory('/root', 0o700);
  root.putDirectory('/tmp', 0o1777);
  root.putDirectory('/var/lib/vz/snippets');
}

function addStorageFolders(tree: FileTree, storage: StorageState): void {
  tree.putDirectory(storageFolder(storage));
  for (const kind of ['snippets', 'import', 'dump', 'images', 'template/iso', 'template/cache']) {
    tree.putDirectory(`${storageFolder(storage)}/${kind}`);
  }
}
