/** A number with a unit, as people write them. The figures are what one unit is worth in the base unit. */
interface UnitTable {
  readonly [unit: string]: number;
}

const second = 1000;
const durationUnits: UnitTable = {
  ms: 1,
  s: second,
  m: 60 * second,
  min: 60 * second,
  h: 3600 * second,
  d: 24 * 3600 * second,
};

/** Decimal prefixes for bits (as links are sold), both kinds for bytes. */
const rateUnits: UnitTable = {
  'kbit/s': 1e3 / 8,
  'Mbit/s': 1e6 / 8,
  'Gbit/s': 1e9 / 8,
  'kB/s': 1e3,
  'MB/s': 1e6,
  'GB/s': 1e9,
  'KiB/s': 2 ** 10,
  'MiB/s': 2 ** 20,
  'GiB/s': 2 ** 30,
};

/** Binary, as Proxmox counts memory and disks. */
const sizeUnits: UnitTable = { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** What a duration looks like in the file: above zero, e.g. `5m`, `1.5 h`. */
export const durationPattern = patternOf(durationUnits);
/** What a data rate looks like in the file: above zero, e.g. `10Gbit/s`, `0.5 GiB/s`. */
export const ratePattern = patternOf(rateUnits);
/** What a size looks like in the file: above zero, e.g. `512MiB`, `1.5 TiB`. */
export const sizePattern = patternOf(sizeUnits);
/** A percentage above 0 % up to 100 %. */
export const percentPattern = /^(?=.*[1-9])(100(\.0{1,3})?|\d{1,2}(\.\d{1,3})?)\s?%$/;

/** A text that fits `durationPattern`, in milliseconds; otherwise NaN. */
export function durationMs(text: string): number {
  return Math.round(baseUnits(text, durationUnits));
}

/** A text that fits `ratePattern`, in bytes a second; otherwise NaN. */
export function rateBytesPerSecond(text: string): number {
  return Math.round(baseUnits(text, rateUnits));
}

/** A text that fits `sizePattern`, in bytes; otherwise NaN. */
export function sizeBytes(text: string): number {
  return Math.round(baseUnits(text, sizeUnits));
}

/** A text that fits `percentPattern`, as a share from 0 to 1. */
export function shareOfPercent(text: string): number {
  return Number.parseFloat(text) / 100;
}

function baseUnits(text: string, units: UnitTable): number {
  const unit = text.replace(/^[\d.]+\s?/, '');
  return Number.parseFloat(text) * (units[unit] ?? Number.NaN);
}

function patternOf(units: UnitTable): RegExp {
  return new RegExp(`^(?=.*[1-9])\\d{1,6}(\\.\\d{1,3})?\\s?(${Object.keys(units).join('|')})$`);
}
