import type { EndpointTable } from '../http/call';
import { storageConfigEndpoints } from './config-endpoints';
import { storageContentEndpoints } from './content-endpoints';
import { storageReadEndpoints } from './read-endpoints';

/** Endpoints of this folder. */
export const storageEndpoints: EndpointTable = {
  ...storageReadEndpoints,
  ...storageContentEndpoints,
  ...storageConfigEndpoints,
};
