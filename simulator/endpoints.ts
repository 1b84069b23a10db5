import { aclEndpoints } from './access/acl-endpoints';
import { loginEndpoints } from './access/login-endpoints';
import { writingUserConfig } from './access/stale-entries';
import { roleEndpoints } from './access/role-endpoints';
import { tokenEndpoints } from './access/token-endpoints';
import { userEndpoints } from './access/user-endpoints';
import { clusterEndpoints } from './cluster/cluster-endpoints';
import { certificateEndpoints } from './cluster/certificate-endpoints';
import { containerEndpoints } from './cluster/container-endpoints';
import { formationEndpoints } from './cluster/formation-endpoints';
import { guardedEndpoints } from './cluster/guarded-endpoints';
import { haEndpoints } from './cluster/ha-endpoints';
import { indexEndpoints } from './cluster/index-endpoints';
import { nodeEndpoints } from './cluster/node-endpoints';
import { optionEndpoints } from './cluster/option-endpoints';
import { poolEndpoints } from './cluster/pool-endpoints';
import { guestAgentEndpoints } from './guest-agent';
import type { EndpointTable } from './http/call';
import { migrationEndpoints } from './migration';
import { networkEndpoints } from './network';
import { qemuEndpoints } from './qemu';
import { storageEndpoints } from './storage';
import { taskEndpoints } from './tasks/endpoints';

/** Everything the simulator answers; what is in the schema but not here answers 501 and says so. */
export const allEndpoints: EndpointTable = {
  ...indexEndpoints,
  ...clusterEndpoints,
  ...formationEndpoints,
  ...optionEndpoints,
  ...nodeEndpoints,
  ...certificateEndpoints,
  ...writingUserConfig(poolEndpoints),
  ...haEndpoints,
  ...containerEndpoints,
  ...guardedEndpoints,
  ...guestAgentEndpoints,
  ...taskEndpoints,
  ...writingUserConfig(userEndpoints),
  ...writingUserConfig(tokenEndpoints),
  ...writingUserConfig(roleEndpoints),
  ...writingUserConfig(aclEndpoints),
  ...loginEndpoints,
  ...qemuEndpoints,
  ...storageEndpoints,
  ...migrationEndpoints,
  ...networkEndpoints,
};
