import { dirname } from 'node:path';
import type {
  Addressing,
  CloudinitSettings,
  ClusterProfile,
  ClusterRole,
  FluxSettings,
  RolePlacement,
  TalosSettings,
} from '../../domain/cluster/profile';
import { present } from '../present';
import { absolutePath } from '../resolve';
import { readNetwork } from './ipv4';
import { patchDigests } from './patchDigests';
import type { RuleContext } from './rules/context';
import type { ClusterProfileFile } from './schema';
import { sshKeysOf } from './sshKeys';

/**
 * Fills in what the conventions give and turns the file's spelling into the project's. Only for a file without
 * findings; `sha256` is that of its text.
 */
export function resolveProfile(
  written: ClusterProfileFile,
  sha256: string,
  context: RuleContext,
): ClusterProfile {
  const { name, type, template, playbooks = [], protection = true, dns } = written;
  const roles = Object.entries(written.roles).map(([role, its]) => roleOf(role, its, written, context));
  const talos = written.talos && talosOf(written.talos, dirname(context.file));
  const patchFiles = patchDigests({ roles, ...present({ talos }) });
  return {
    name,
    sha256,
    type,
    template,
    roles,
    playbooks,
    protection,
    addressing: addressingOf(written.addressing),
    tags: uniqueTags(written.tags ?? []),
    ...present({
      dns: dns && { servers: dns.servers, ...present({ searchDomain: dns.search_domain }) },
      cloudinit: type === 'cloudinit' ? cloudinitOf(written, context) : undefined,
      talos,
      patchFiles: patchFiles.length === 0 ? undefined : patchFiles,
      flux: written.flux && fluxOf(written.flux, name),
      pool: written.pool,
      timeToLiveMs: written.time_to_live,
      storage: written.storage,
    }),
  };
}

type WrittenRole = ClusterProfileFile['roles'][string];

const oneCard: NonNullable<WrittenRole['network_cards']> = [{}];

function roleOf(
  name: string,
  written: WrittenRole,
  profile: ClusterProfileFile,
  { config, file }: RuleContext,
): ClusterRole {
  const {
    count,
    cores,
    memory: memoryBytes,
    more_disks: disks = [],
    network_cards: cards = oneCard,
  } = written;
  const { storage = '', networkBridge = '' } = config.conventions.defaults;
  const patchFiles = (named: readonly string[] = []) => named.map((it) => absolutePath(it, dirname(file)));
  return {
    name,
    count,
    cores,
    memoryBytes,
    kind: written.kind === 'control-plane' ? 'controlPlane' : 'worker',
    // Each has a storage, and each card a bridge: rules/machines.ts.
    moreDisks: disks.map(({ size: sizeBytes, storage: own }) => ({
      sizeBytes,
      storage: own ?? profile.storage ?? storage,
    })),
    networkCards: cards.map(({ bridge = networkBridge, vlan }) => ({ bridge, ...present({ vlan }) })),
    tags: uniqueTags(written.tags ?? []),
    placement: placementOf(written.placement ?? {}),
    patches: patchFiles(written.patches),
    machines: Object.fromEntries(
      Object.entries(written.machines ?? {}).map(([ordinal, { address, node, patches }]) => [
        ordinal,
        { patches: patchFiles(patches), ...present({ address, node }) },
      ]),
    ),
    ...present({ diskBytes: written.disk, startOrder: written.start_order }),
  };
}

function placementOf(written: NonNullable<WrittenRole['placement']>): RolePlacement {
  const { strategy = 'spread', nodes } = written;
  const antiAffinity = written.anti_affinity ?? (strategy === 'spread' ? 'soft' : 'none');
  return { strategy, antiAffinity, ...present({ nodes }) };
}

function addressingOf(written: ClusterProfileFile['addressing']): Addressing {
  const network = readNetwork(written?.subnet ?? '');
  if (network === undefined) return { kind: 'dhcp' };
  const [first, last] = written?.range?.split('-') ?? [];
  return {
    kind: 'static',
    prefixLength: network.prefixLength,
    ...present({
      gateway: written?.gateway,
      range: first === undefined || last === undefined ? undefined : { first, last },
    }),
  };
}

/** Tags are of one case in Proxmox. */
function uniqueTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((it) => it.toLowerCase()))];
}

function cloudinitOf(profile: ClusterProfileFile, context: RuleContext): CloudinitSettings {
  const { cloudinit: written } = profile;
  const { defaultUser } = context.config.conventions.cloudinit;
  const [userData, source] = [written?.user_data, sshKeysOf(profile, context)];
  return {
    sshKeys: 'keys' in source ? source.keys : [],
    ...present({
      user: userData === undefined ? (written?.user ?? defaultUser) : undefined,
      vendorData: written?.vendor_data,
      userData,
    }),
  };
}

function talosOf(written: NonNullable<ClusterProfileFile['talos']>, folder: string): TalosSettings {
  const { version, kubernetes_version: kubernetesVersion, virtual_address: shared, schematic } = written;
  const fromFactory = schematic === undefined ? undefined : installerOf(schematic, version);
  return {
    version,
    kubernetesVersion,
    endpoint: shared ?? written.endpoint ?? '',
    virtualAddress: shared !== undefined,
    patches: (written.patches ?? []).map((it) => absolutePath(it, folder)),
    ...present({ installerImage: written.installer_image ?? fromFactory }),
  };
}

/** Since 1.10 the factory has an installer for each platform; before, one for all. */
function installerOf(schematic: string, version: string): string {
  const minor = Number(version.split('.')[1]);
  return `factory.talos.dev/${minor < 10 ? 'installer' : 'nocloud-installer'}/${schematic}:${version}`;
}

function fluxOf(written: NonNullable<ClusterProfileFile['flux']>, name: string): FluxSettings {
  const { url, branch = 'main', path = `clusters/${name}`, key_secret: keySecret } = written;
  return { url, branch, path, keySecret };
}
