import type { EndpointTable } from '../http/call';
import { storageReadEndpoints } from './read-endpoints';

/** Endpoints of this folder. */
export const storageEndpoints: EndpointTable = { ...storageReadEndpoints };
