const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Bytes of a size as task logs write it, e.g. `112.3 MiB`; 0 for anything else. */
export function parseSize(text: string): number {
  const [, figure = '', unit = ''] = /^([\d.]+) ?(\w+)$/.exec(text) ?? [];
  const bytes = Number(figure) * (unitBytes[unit] ?? 0);
  return Number.isFinite(bytes) ? bytes : 0;
}
