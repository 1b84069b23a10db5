import { readProperties } from './drives';
import type { TemplateRecipe } from './recipe';

/** Keys of a virtual machine that a copy of it has too. */
const copied =
  /^(machine|bios|cpu|scsihw|ostype|cores|memory|agent|ciuser|cicustom|sshkeys|tags|efidisk0|(scsi|virtio|sata|ide|net)\d+)$/;
const disk = /^(scsi|virtio|sata|ide)\d+$/;

/**
 * The recipe of a template that is copied from a virtual machine with this configuration: what its steps do not set
 * is as the machine has it, its disks on the storage of the copy.
 */
export function recipeOfMachine(
  recipe: TemplateRecipe,
  configuration: ReadonlyMap<string, string>,
): TemplateRecipe {
  const keys = [...configuration].filter(
    ([key, value]) => copied.test(key) && !value.includes('media=cdrom'),
  );
  const own = Object.fromEntries(keys.map(([key, value]) => [key, onStorage(key, value, recipe.storage)]));
  const made: Readonly<Record<string, string>> = { ...own, ...recipe.made };
  const osType = made['ostype'];
  return {
    ...recipe,
    made,
    machine: {
      cores: Number(made['cores'] ?? 1),
      memoryMebibytes: Number(made['memory'] ?? 512),
      ...(osType === undefined ? {} : { osType }),
      ...(/^(enabled=)?1(,|$)/.test(made['agent'] ?? '') ? {} : { hasAgent: false }),
    },
    diskBytes:
      recipe.diskBytes ??
      keys.reduce((total, [key, value]) => total + (disk.test(key) ? sizeBytesOf(value) : 0), 0),
  };
}

function onStorage(key: string, value: string, storage: string | undefined): string {
  if (storage === undefined || !(disk.test(key) || key === 'efidisk0')) return value;
  return value.replace(/^[^:,]+:/, `${storage}:`);
}

/** `size=32G` of a drive; 0 where it has none. */
export function sizeBytesOf(drive: string): number {
  const [, digits, unit = ''] =
    /^(\d+)([KMGT]?)$/.exec(readProperties(drive).options.get('size') ?? '') ?? [];
  return digits === undefined ? 0 : Number(digits) * 1024 ** ' KMGT'.indexOf(unit || ' ');
}
