import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import type { TaskWorker } from '../tasks/worker';
import { checksumAlgorithms } from '../web/digests';
import type { FileFacts } from '../web/file-facts';
import { checkedFileName, fileVolid, isFileContent } from './content-folders';
import { addFile, verifyImage, type NewFile } from './file-volumes';
import { usableStorage } from './storage-access';
import { isFileStorage, volumePath } from './volume-names';

/** Files from clients (behaviour.md 7.8, recording f1). */
export const storageUploadEndpoints: EndpointTable = {
  'POST /nodes/{node}/storage/{storage}/upload': upload,
};

/** A file that has arrived, and where it is to go. */
interface Upload extends NewFile {
  readonly file: FileFacts;
  readonly temporaryPath: string;
  readonly path: string;
  /** The node in the request's path; the one that is asked carries it out. */
  readonly target: string;
}

function upload(call: ApiCall): unknown {
  const { cluster, parameters } = call;
  const temporaryPath = parameters.optionalText('tmpfilename') ?? fail('missing temporary file name');
  const file = cluster.uploads.get(temporaryPath) ?? fail(`temporary file '${temporaryPath}' does not exist`);
  cluster.uploads.delete(temporaryPath);
  const given = parameters.text('node');
  const target = given === 'localhost' ? call.node.name : given;
  const storage = usableStorage(cluster, parameters.text('storage'), target);
  if (!isFileStorage(storage)) fail(`can't upload to storage type '${storage.type}'`);
  const content = parameters.text('content');
  if (!isFileContent(content)) return fail(`upload content type '${content}' not allowed`);
  const name = checkedFileName(content, parameters.text('filename'));
  if (!storage.content.includes(content))
    fail(`storage '${storage.id}' does not support '${content}' content`);
  const volid = fileVolid(storage, content, name);
  const path = volumePath(storage, volid);
  const wish = { storage, content, name, volid, path, file, temporaryPath, target };
  return call.startTask({ type: 'imgcopy', id: '', run: (worker) => copyFile(call, worker, wish) });
}

async function copyFile(call: ApiCall, worker: TaskWorker, wish: Upload): Promise<void> {
  const { cluster, node } = call;
  const { file, temporaryPath, target, path, storage } = wish;
  worker.log(`starting file import from: ${temporaryPath}`);
  await verifyChecksum(call, worker, file);
  if (wish.content === 'import') verifyImage(file, { path: temporaryPath, name: wish.name });
  worker.log(`target node: ${target}`);
  worker.log(`target file: ${path}`);
  worker.log(`file size is: ${file.sizeBytes}`);
  worker.log(`command: ${commandText(call, wish)}`);
  await worker.sleep(file.sizeBytes / cluster.network.diskBytesPerSecond);
  const replacedBytes = cluster.volumes.find(wish.volid, target)?.usedBytes ?? 0;
  if (file.sizeBytes > cluster.volumes.availableBytes(storage, target) + replacedBytes) {
    const program = target === node.name ? 'cp: error writing' : 'scp: write remote';
    fail(`import failed: ${program} '${path}': No space left on device`);
  }
  addFile(call, wish, file, target);
  worker.log('finished file import successfully');
}

async function verifyChecksum(
  { cluster, parameters }: ApiCall,
  worker: TaskWorker,
  file: FileFacts,
): Promise<void> {
  const algorithm = checksumAlgorithms.find(
    (known) => known === parameters.optionalText('checksum-algorithm'),
  );
  if (algorithm === undefined) return;
  await worker.sleep(file.sizeBytes / cluster.network.diskBytesPerSecond);
  const wanted = parameters.optionalText('checksum') ?? '';
  const got = file.checksums[algorithm];
  if (got === wanted.toLowerCase()) {
    worker.log('calculating checksum...OK, checksum verified');
    return;
  }
  worker.log('calculating checksum...');
  fail(`checksum mismatch: got '${got}' != expect '${wanted}'`);
}

function commandText({ cluster, node }: ApiCall, { temporaryPath, path, target }: Upload): string {
  if (target === node.name) return `cp -- ${temporaryPath} ${path}`;
  const options = [
    'BatchMode=yes',
    `HostKeyAlias=${target}`,
    `UserKnownHostsFile=/etc/pve/nodes/${target}/ssh_known_hosts`,
    'GlobalKnownHostsFile=none',
  ];
  const words = options.map((option) => `-o ${option}`).join(' ');
  return `/usr/bin/scp ${words} -p -- ${temporaryPath} [${cluster.nodes.get(target)?.ip ?? target}]:${path}`;
}
