import { dirname } from 'node:path';
import { locateClusterConfig } from '../../config/locate';
import { ManagerError } from '../../domain/errors';
import { ownFolder } from '../../runbooks/catalogue';
import type { Session } from '../session';

/** The folder of one's own runbooks. The configuration only says where it is: it need not be there, nor valid. */
export function runbookFolder({ configFile }: Session): string {
  try {
    return ownFolder(dirname(locateClusterConfig(configFile)));
  } catch (error) {
    if (error instanceof ManagerError) return ownFolder(undefined);
    throw error;
  }
}
