import type { EndpointTable } from '../http/call';

/** Endpoints of this folder. */
export const migrationEndpoints: EndpointTable = {};
