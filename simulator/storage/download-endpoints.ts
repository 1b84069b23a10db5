import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import type { Compression } from '../web/web-answer';
import { checkedFileName, fileVolid, isFileContent } from './content-folders';
import { downloadFile } from './download-file';
import { usableStorage } from './storage-access';
import { isFileStorage } from './volume-names';
import { urlMetadata } from './url-metadata';

/** Files from web servers (behaviour.md 7.8, recording f1). */
export const storageDownloadEndpoints: EndpointTable = {
  'GET /nodes/{node}/query-url-metadata': urlMetadata,
  'POST /nodes/{node}/storage/{storage}/download-url': downloadUrl,
};

function downloadUrl(call: ApiCall): unknown {
  const { cluster, node, parameters } = call;
  const storage = usableStorage(cluster, parameters.text('storage'), node.name);
  if (!isFileStorage(storage)) {
    fail(`can't upload to storage type '${storage.type}', not a file based storage!`);
  }
  const content = parameters.text('content');
  if (!isFileContent(content) || !storage.content.includes(content)) {
    return fail(`storage '${storage.id}' is not configured for content-type '${content}'`);
  }
  const name = checkedFileName(content, parameters.text('filename'));
  return call.startTask({
    type: 'download',
    id: name,
    run: (worker) =>
      downloadFile(call, worker, {
        storage,
        content,
        name,
        volid: fileVolid(storage, content, name),
        url: parameters.text('url'),
        checksum: parameters.optionalText('checksum'),
        algorithm: parameters.optionalText('checksum-algorithm'),
        compression: compressionOf(parameters.optionalText('compression')),
        verifyCertificates: parameters.flag('verify-certificates', true),
      }),
  });
}

function compressionOf(text: string | undefined): Compression | undefined {
  return (['gz', 'lzo', 'zst', 'bz2'] as const).find((known) => known === text);
}
