import type { EndpointTable } from '../http/call';
import { qemuCreateEndpoints } from './create';
import { qemuDestroyEndpoints } from './destroy';
import { qemuPauseEndpoints } from './pause';
import { qemuReadEndpoints } from './read-endpoints';
import { qemuStartEndpoints } from './start';
import { qemuStopEndpoints } from './stop';
import { qemuUpdateEndpoints } from './update';

/** Endpoints of this folder. */
export const qemuEndpoints: EndpointTable = {
  ...qemuReadEndpoints,
  ...qemuCreateEndpoints,
  ...qemuDestroyEndpoints,
  ...qemuUpdateEndpoints,
  ...qemuStartEndpoints,
  ...qemuStopEndpoints,
  ...qemuPauseEndpoints,
};
