import type { ClusterState } from '../cluster/state';
import { storageOf, type VolumeState } from '../cluster/volumes';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail, NotSimulated } from '../http/errors';
import { checkVolumeAccess, usableStorage } from './storage-access';

/** What a machine would be that is made of an OVA. No recording has it: its form is the schema's. */
export const importMetadataEndpoints: EndpointTable = {
  'GET /nodes/{node}/storage/{storage}/import-metadata': importMetadata,
};

/** The volume of this id, or the disk in an OVA that it names: `local:import/x.ova/disk1.vmdk`. */
export function importSource(cluster: ClusterState, volid: string, node: string): VolumeState | undefined {
  const [, archive, name] = /^(.+\.ova)\/(.+)$/.exec(volid) ?? [];
  const volume = cluster.volumes.find(archive ?? volid, node);
  if (archive === undefined || volume === undefined) return volume;
  const member = volume.file?.members.find((one) => one.name === name);
  if (member === undefined) return undefined;
  const { sizeBytes, image } = member;
  return {
    ...volume,
    volid,
    format: 'vmdk',
    sizeBytes,
    usedBytes: sizeBytes,
    virtualSizeBytes: image.virtualSizeBytes,
  };
}

function importMetadata(call: ApiCall): unknown {
  const { cluster, node, parameters } = call;
  const storage = usableStorage(cluster, parameters.text('storage'), node.name);
  const given = parameters.text('volume');
  const volid = given.includes(':') ? given : `${storage.id}:${given}`;
  if (storageOf(volid) !== storage.id) fail(`volume '${volid}' is not on storage '${storage.id}'`);
  checkVolumeAccess(call, 0, volid);
  const volume = cluster.volumes.find(volid, node.name) ?? fail(`volume '${volid}' does not exist`);
  if (volume.format !== 'ova') throw new NotSimulated(call.endpoint);
  const members = volume.file?.members ?? [];
  const description = members.find(({ name }) => name.endsWith('.ovf'))?.text ?? '';
  const disks = members.filter(({ name }) => name.endsWith('.vmdk'));
  return {
    type: 'vm',
    source: 'ova',
    'create-args': createArguments(description),
    disks: Object.fromEntries(disks.map(({ name }, index) => [`scsi${index}`, `${volid}/${name}`])),
    warnings: [{ type: 'ova-needs-extracting' }],
  };
}

/** Name, memory and cores, where the description says them. */
function createArguments(description: string): Record<string, string | number> {
  const name = /<Name>([^<]+)<\/Name>/.exec(description)?.[1];
  const cores = quantityOf(description, 3);
  const memory = quantityOf(description, 4);
  return {
    ...(name === undefined ? {} : { name }),
    ...(cores === undefined ? {} : { cores }),
    ...(memory === undefined ? {} : { memory }),
  };
}

/** The quantity of the item of this type: 3 processors, 4 memory. */
function quantityOf(description: string, type: number): number | undefined {
  const items = description.match(/<Item>[\s\S]*?<\/Item>/g) ?? [];
  const item = items.find((text) => text.includes(`<rasd:ResourceType>${type}</rasd:ResourceType>`));
  const quantity = /<rasd:VirtualQuantity>(\d+)<\/rasd:VirtualQuantity>/.exec(item ?? '')?.[1];
  return quantity === undefined ? undefined : Number(quantity);
}
