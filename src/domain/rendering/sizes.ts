const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes for people, in binary units with at most three digits: `512 MiB`, `7.5 GiB`. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && value < 99.95 ? 1 : 0;
  return `${String(Number(value.toFixed(digits)))} ${units[unit] ?? 'B'}`;
}

/** A rate for people: `118 MiB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** Seconds for people: `0.4 s`, `45 s`, `3 min 20 s`, `1 h 05 min`; whole days, from two on, as `7 d`. */
export function formatDuration(seconds: number): string {
  const value = Math.max(0, seconds);
  if (value > 0 && value < 1) return `${Math.max(0.1, value).toFixed(1)} s`;
  const whole = Math.round(value);
  if (whole < 60) return `${String(whole)} s`;
  if (whole < 3600) return `${String(Math.floor(whole / 60))} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  const days = minutes / (24 * 60);
  if (days >= 2 && Number.isInteger(days)) return `${String(days)} d`;
  return `${String(Math.floor(minutes / 60))} h ${twoDigits(minutes % 60)} min`;
}

/** The time between two ISO times for people; `unknown` if one is missing or unreadable. */
export function formatBetween(startIso: string | undefined, endIso: string | undefined): string {
  const milliseconds = Date.parse(endIso ?? '') - Date.parse(startIso ?? '');
  return Number.isFinite(milliseconds) ? formatDuration(milliseconds / 1000) : 'unknown';
}

/** A share of 0..1 for people: `85 %`. */
export function formatShare(share: number): string {
  return `${String(Math.round(share * 100))} %`;
}

/** An ISO time for people, always in UTC: `2026-11-25 16:01:04 UTC`. */
export function formatTime(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC` : iso;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
