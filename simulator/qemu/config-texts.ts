/** True for `1`, `enabled=1,...`, `1,fstrim_cloned_disks=1`: the first member of a property string is a set flag. */
export function isFlagOn(value: string | undefined): boolean {
  return /^(enabled=)?(1|on|yes|true)(,|$)/.test(value ?? '');
}

/** The devices of `boot: order=scsi0;net0`, or undefined for the legacy form. */
export function bootOrder(boot: string | undefined): string[] | undefined {
  if (boot === undefined) return undefined;
  const order = /(?:^|,)order=([^,]*)/.exec(boot)?.[1];
  if (order === undefined) return boot.trim() === '' ? [] : undefined;
  return order.split(';').filter((device) => device !== '');
}

/** The value of `boot` for these devices; empty for none (recording b3). */
export function bootText(devices: readonly string[]): string {
  return devices.length === 0 ? '' : `order=${devices.join(';')}`;
}

/** Tags as PUT stores them: lower case, each once, sorted; a blank for none (behaviour.md 5.6, recording b2). */
export function normalizedTags(value: string): string {
  const tags = value
    .split(/[,;\s]+/)
    .filter((tag) => tag !== '')
    .map((tag) => tag.toLowerCase());
  return tags.length === 0 ? ' ' : [...new Set(tags)].sort().join(';');
}
