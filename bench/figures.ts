/** One measured figure beside what it is measured against. */
export interface Figure {
  readonly name: string;
  /** Measured, with its unit. */
  readonly measured: string;
  /** The bound or baseline of the same run, with its unit and what it is. */
  readonly against: string;
  /** Measured / against. */
  readonly ratio: number;
  /** The ratio must not exceed this; absent: told beside the others, without a limit. */
  readonly limit?: number;
}

/** Whether a figure keeps its limit; one without has nothing to keep. A ratio that is no number keeps none. */
export function keepsLimit({ ratio, limit }: Figure): boolean {
  return limit === undefined || ratio <= limit;
}

/** A Markdown table, as docs/benchmarks.md shows it. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { name, measured, against, ratio, limit } = figure;
    const verdict = limit === undefined ? '' : keepsLimit(figure) ? 'passed' : 'FAILED';
    return `| ${name} | ${measured} | ${against} | ${ratio.toFixed(3)} | ${limit ?? ''} | ${verdict} |`;
  });
  return ['| figure | measured | against | ratio | at most | |', '|---|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}
