import type { EndpointTable } from '../http/call';
import { storageConfigEndpoints } from './config-endpoints';
import { backupEndpoints } from './backup-endpoints';
import { storageContentEndpoints } from './content-endpoints';
import { storageDownloadEndpoints } from './download-endpoints';
import { importMetadataEndpoints } from './import-metadata';
import { storageReadEndpoints } from './read-endpoints';
import { storageUploadEndpoints } from './upload-endpoints';

/** Endpoints of this folder. */
export const storageEndpoints: EndpointTable = {
  ...storageReadEndpoints,
  ...storageContentEndpoints,
  ...storageConfigEndpoints,
  ...storageDownloadEndpoints,
  ...storageUploadEndpoints,
  ...backupEndpoints,
  ...importMetadataEndpoints,
};
