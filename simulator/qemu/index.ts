import type { EndpointTable } from '../http/call';
import { qemuCloudInitEndpoints } from './cloud-init';
import { qemuCloneEndpoints } from './clone';
import { qemuCreateEndpoints } from './create';
import { qemuDestroyEndpoints } from './destroy';
import { qemuMoveEndpoints } from './move-disk';
import { qemuPauseEndpoints } from './pause';
import { qemuReadEndpoints } from './read-endpoints';
import { qemuResizeEndpoints } from './resize';
import { qemuSnapshotEndpoints } from './snapshot';
import { qemuStartEndpoints } from './start';
import { qemuStopEndpoints } from './stop';
import { qemuTemplateEndpoints } from './template';
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
  ...qemuCloneEndpoints,
  ...qemuCloudInitEndpoints,
  ...qemuTemplateEndpoints,
  ...qemuResizeEndpoints,
  ...qemuMoveEndpoints,
  ...qemuSnapshotEndpoints,
};
