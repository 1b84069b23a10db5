/** What a node's version of pve-manager can do over REST. */
export interface VersionAbilities {
  /** Import of qcow2, raw and vmdk files from a storage's `import` content. */
  readonly importsImages: boolean;
  /** Import of OVA files. */
  readonly importsOva: boolean;
  /** Downloads need Sys.AccessNetwork only; before it Sys.Modify on / too. */
  readonly hasAccessNetwork: boolean;
}

/** Read from `GET /version`, e.g. `8.4.1` (reference: version gates). */
export function abilitiesOf(version: string): VersionAbilities {
  return {
    importsImages: isAtLeast(version, [8, 3, 6]),
    importsOva: isAtLeast(version, [8, 2, 8]),
    hasAccessNetwork: isAtLeast(version, [8, 1, 0]),
  };
}

function isAtLeast(version: string, [major, minor, patch]: readonly [number, number, number]): boolean {
  const [first = 0, second = 0, third = 0] = version.split(/[^\d]/).map(Number);
  if (first !== major) return first > major;
  return second === minor ? third >= patch : second > minor;
}
