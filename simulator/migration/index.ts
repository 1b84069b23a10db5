import type { EndpointTable } from '../http/call';
import { mappingEndpoints } from './mappings';
import { readPreconditions } from './preconditions';
import { requestMigration } from './request';

/** Migration of virtual machines, and the resource mappings that stand in its way. */
export const migrationEndpoints: EndpointTable = {
  'GET /nodes/{node}/qemu/{vmid}/migrate': readPreconditions,
  'POST /nodes/{node}/qemu/{vmid}/migrate': requestMigration,
  ...mappingEndpoints,
};
