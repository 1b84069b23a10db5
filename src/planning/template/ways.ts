import type { ImageFile } from '../../domain/template/source';
import type { BuildNode, StorageView } from './facts';
import { abilitiesOf } from './versionGates';

/** How an image comes to a node and into a disk. */
export type ImportWay =
  /** `download-url` into the content `import` (or `iso`), then `import-from` (or a CD-ROM drive). */
  | { readonly way: 'rest'; readonly storage: string }
  /** Downloaded, unpacked and imported with `qm disk import` on the node itself. */
  | { readonly way: 'ssh'; readonly because: string }
  /** The disks are on the node already, as those of a virtual machine. */
  | { readonly way: 'here' }
  | { readonly way: 'none'; readonly because: string; readonly remedy: string };

/** Chooses REST where it can do it, SSH where it can't; `preferred` is the storage for images, if one is named. */
export function importWay(image: ImageFile, node: BuildNode, preferred?: string): ImportWay {
  if (node.version === undefined || !node.online) {
    const remedy = 'Bring the node back, or build on another one.';
    return { way: 'none', because: `${node.name} does not answer`, remedy };
  }
  const content = image.format === 'iso' ? 'iso' : 'import';
  const able = abilitiesOf(node.version);
  if (image.compression !== undefined) {
    const because = `Proxmox does not unpack ${image.compression} files into disks; the node does`;
    return { way: 'ssh', because };
  }
  if (image.format === 'ova' && !able.importsOva) return tooOld(node, 'OVA files', '8.2.8');
  if (content === 'import' && image.format !== 'ova' && !able.importsImages) {
    return tooOld(node, `${image.format} files`, '8.3.6');
  }
  const fits = node.storages.filter((it) => it.usable && it.content.includes(content));
  const chosen = fits.find(({ storage }) => storage === preferred) ?? bestOf(fits);
  if (chosen === undefined || (preferred !== undefined && chosen.storage !== preferred)) {
    return noStorage(node, content, preferred);
  }
  return { way: 'rest', storage: chosen.storage };
}

function tooOld(node: BuildNode, what: string, since: string): ImportWay {
  return {
    way: 'ssh',
    because: `REST imports ${what} since ${since}; ${node.name} has ${node.version ?? 'an unknown version'}`,
  };
}

function noStorage(node: BuildNode, content: string, preferred: string | undefined): ImportWay {
  const seen = node.storages.find(({ storage }) => storage === preferred);
  if (preferred !== undefined && seen?.usable !== true) {
    return {
      way: 'none',
      because: `the storage ${preferred}, which is to take the content ${content}, is not usable on ${node.name}`,
      remedy: `Make ${preferred} available on ${node.name} (Datacenter, Storage), or name another storage for images.`,
    };
  }
  const candidate =
    preferred ?? node.storages.find(({ usable, type }) => usable && fileTypes.has(type))?.storage ?? 'local';
  return {
    way: 'none',
    because: `no usable storage of ${node.name}${preferred === undefined ? '' : ` named ${preferred}`} takes the content ${content}`,
    remedy: `Add ${content} to the content of ${candidate} (Datacenter, Storage, Edit): clusters that were upgraded do not have it.`,
  };
}

/** Storage types that can hold images as files. */
const fileTypes: ReadonlySet<string> = new Set(['dir', 'nfs', 'cifs', 'cephfs', 'btrfs']);

function bestOf(storages: readonly StorageView[]): StorageView | undefined {
  // To a shared one the image would go over the network once more.
  return storages.toSorted(
    (one, other) => Number(one.shared) - Number(other.shared) || other.availableBytes - one.availableBytes,
  )[0];
}
