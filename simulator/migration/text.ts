const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const decimalUnits = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes as Proxmox writes them in logs, e.g. `112.3 MiB`. */
export function renderBytes(bytes: number): string {
  const exponent = exponentOf(bytes, 1024);
  return `${(bytes / 1024 ** exponent).toFixed(1)} ${binaryUnits[exponent] ?? ''}`;
}

/** A count of bytes as `dd` writes it, e.g. `310382592 bytes (310 MB, 296 MiB)`. */
export function renderDdBytes(bytes: number): string {
  const [si, iec] = [exponentOf(bytes, 1000), exponentOf(bytes, 1024)];
  const decimal = `${roundedAsDd(bytes / 1000 ** si)} ${decimalUnits[si] ?? ''}`;
  if (iec === 0) return `${bytes} bytes`;
  return `${bytes} bytes (${decimal}, ${roundedAsDd(bytes / 1024 ** iec)} ${binaryUnits[iec] ?? ''})`;
}

/** A rate as `dd` writes it, e.g. `136 MB/s`. */
export function renderDdRate(bytesPerSecond: number): string {
  const exponent = exponentOf(bytesPerSecond, 1000);
  const value = bytesPerSecond / 1000 ** exponent;
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ${decimalUnits[exponent] ?? ''}/s`;
}

/** Seconds as block jobs write them, e.g. `1m 41s`. */
export function renderSeconds(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ] as const;
  const shown = parts.filter(([value]) => value > 0).map(([value, unit]) => `${value}${unit}`);
  return shown.length === 0 ? '0s' : shown.join(' ');
}

/** Seconds as the last line of a migration has them, e.g. `00:01:09`. */
export function renderClock(seconds: number): string {
  const whole = Math.round(seconds);
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

function exponentOf(value: number, base: number): number {
  if (value < base) return 0;
  return Math.min(Math.floor(Math.log(value) / Math.log(base) + 1e-12), binaryUnits.length - 1);
}

function roundedAsDd(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}
