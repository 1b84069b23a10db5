import { z } from 'zod';

import { parseUpid, type Upid } from '../../domain/upid';
import type { CallOptions, ProxmoxClient } from '../types';
import { apiPath } from '../path';
import { flag, flagOrNo, maybe, numeric } from '../schemas';
import type { GuestPlace } from './guests';

/** Keys of a forbidden node: `unavailable_storages`, `unavailable-resources`, `blocking-ha-resources` (observed-9: GET migrate). */
const reasons = z
  .object({
    unavailable_storages: maybe(z.array(z.string())),
    'unavailable-resources': maybe(z.array(z.string())),
    'blocking-ha-resources': maybe(z.array(z.object({ sid: z.string(), cause: maybe(z.string()) }))),
  })
  .transform((row) => ({
    unavailableStorages: row.unavailable_storages ?? [],
    unavailableResources: row['unavailable-resources'] ?? [],
    blockingHaResources: (row['blocking-ha-resources'] ?? []).map(({ sid }) => sid),
  }));

const localDisk = z
  .object({
    volid: z.string(),
    size: maybe(numeric),
    drivename: maybe(z.string()),
    cdrom: flagOrNo,
    shared: flagOrNo,
    is_attached: flagOrNo,
    is_unused: flagOrNo,
    is_vmstate: flagOrNo,
    is_tpmstate: flagOrNo,
    is_cloudinit: flagOrNo,
    referenced_in_snapshot: maybe(z.record(z.string(), flag)),
  })
  .transform((row) => ({
    volid: row.volid,
    /** 0 where Proxmox does not say, e.g. for a cloud-init drive. */
    sizeBytes: row.size ?? 0,
    drive: row.drivename,
    cdrom: row.cdrom,
    attached: row.is_attached,
    unused: row.is_unused,
    vmState: row.is_vmstate,
    tpmState: row.is_tpmstate,
    /** 8.4 does not say: see also the volume's name. */
    cloudInit: row.is_cloudinit,
    snapshots: Object.keys(row.referenced_in_snapshot ?? {}),
  }));

const preconditionsAnswer = z
  .object({
    running: flagOrNo,
    allowed_nodes: maybe(z.array(z.string())),
    // Perl writes an empty hash that was never filled as a list.
    not_allowed_nodes: maybe(z.union([z.record(z.string(), reasons), z.tuple([])])),
    local_disks: maybe(z.array(localDisk)),
    local_resources: maybe(z.array(z.string())),
    'mapped-resources': maybe(z.array(z.string())),
    'mapped-resource-info': maybe(z.record(z.string(), z.object({ 'live-migration': flagOrNo }))),
    'dependent-ha-resources': maybe(z.array(z.string())),
  })
  .transform((answer) => ({
    running: answer.running,
    allowedNodes: answer.allowed_nodes ?? [],
    forbiddenNodes: new Map(
      Object.entries(answer.not_allowed_nodes ?? {}).filter(
        // Every other node is a key; an empty object forbids nothing (observed-9: GET migrate).
        ([, why]) =>
          why.unavailableStorages.length + why.unavailableResources.length + why.blockingHaResources.length >
          0,
      ),
    ),
    localDisks: answer.local_disks ?? [],
    localResources: answer.local_resources ?? [],
    mappedResources: answer['mapped-resources'] ?? [],
    /** Config keys of mapped devices that can move while the guest runs. */
    liveMappedResources: Object.entries(answer['mapped-resource-info'] ?? {})
      .filter(([, info]) => info['live-migration'])
      .map(([key]) => key),
    dependentHaResources: answer['dependent-ha-resources'] ?? [],
  }));

/** What Proxmox says about moving a guest, from its configuration alone: offline nodes count as allowed too. */
export type MigrationPreconditions = z.infer<typeof preconditionsAnswer>;

/**
 * `GET /nodes/{node}/qemu/{vmid}/migrate`. Throws GuestLocked for a locked guest, NoQuorum without quorum, and
 * on 9.x ProxmoxFailed (`Can't use an undefined value as an ARRAY reference`) for a guest whose hostpci mapping
 * does not exist: the whole call fails then (observed-9).
 */
export async function migrationPreconditions(
  client: ProxmoxClient,
  guest: GuestPlace,
  options: CallOptions = {},
): Promise<MigrationPreconditions> {
  return client.read(
    {
      ...options,
      node: guest.node,
      path: apiPath`/nodes/${guest.node}/qemu/${guest.vmid}/migrate`,
      kind: 'slow',
    },
    preconditionsAnswer,
  );
}

/** How a guest is to be moved. */
export interface MigrationRequest {
  readonly target: string;
  /** The guest runs and shall go on running. */
  readonly online: boolean;
  readonly withLocalDisks: boolean;
  /** One storage for all local disks, or a map `from:to,from:to`. */
  readonly targetstorage?: string;
  readonly bwlimitKiBPerSecond?: number;
}

/**
 * `POST /nodes/{node}/qemu/{vmid}/migrate`, once. A second one for the same guest is refused by Proxmox while
 * the first runs (`VM is locked (migrate)`), and afterwards because the guest is not on the node any more:
 * these make a late duplicate harmless.
 */
export async function startMigration(
  client: ProxmoxClient,
  guest: GuestPlace,
  request: MigrationRequest,
  options: CallOptions = {},
): Promise<Upid> {
  const answer = await client.change(
    {
      ...options,
      method: 'POST',
      node: guest.node,
      path: apiPath`/nodes/${guest.node}/qemu/${guest.vmid}/migrate`,
      parameters: {
        target: request.target,
        online: request.online ? true : undefined,
        'with-local-disks': request.withLocalDisks ? true : undefined,
        targetstorage: request.targetstorage,
        bwlimit: request.bwlimitKiBPerSecond,
      },
    },
    z.string().startsWith('UPID:'),
  );
  return parseUpid(answer);
}
