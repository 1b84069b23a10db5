import type { EndpointTable } from '../http/call';
import { qemuReadEndpoints } from './read-endpoints';

/** Endpoints of this folder. */
export const qemuEndpoints: EndpointTable = { ...qemuReadEndpoints };
