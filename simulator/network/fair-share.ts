/** A stream between two nodes as the links see it. */
export interface Stream {
  readonly source: string;
  readonly target: string;
  /** The most it would carry on idle links, in bytes per second. */
  readonly capBytesPerSecond: number;
}

interface Link {
  leftBytesPerSecond: number;
  openStreams: number;
}

/** Two shares that differ by less are the same share. */
const relativeTolerance = 1e-9;

/**
 * Rates in bytes per second, in the order of `streams`: max-min fair. Each node has a link of `capacityOf(node)` for what
 * leaves it and another for what arrives; no stream can get more without taking from one that has no more than it.
 */
export function maxMinRates(streams: readonly Stream[], capacityOf: (node: string) => number): number[] {
  const rates = streams.map(() => 0);
  const links = linksOf(streams, capacityOf);
  const linksOfStream = streams.map(({ source, target }) =>
    [links.get(`out ${source}`), links.get(`in ${target}`)].filter((link) => link !== undefined),
  );
  let open = streams.map((_, index) => index);
  while (open.length > 0) {
    const share = smallestShare(links);
    const limit = share * (1 + relativeTolerance);
    const capped = open.filter((index) => (streams[index]?.capBytesPerSecond ?? 0) <= limit);
    const settled =
      capped.length > 0
        ? capped
        : open.filter((index) => linksOfStream[index]?.some((link) => shareOf(link) <= limit));
    for (const index of settled) {
      const rate = Math.min(streams[index]?.capBytesPerSecond ?? 0, share);
      rates[index] = rate;
      for (const link of linksOfStream[index] ?? []) {
        link.leftBytesPerSecond = Math.max(link.leftBytesPerSecond - rate, 0);
        link.openStreams -= 1;
      }
    }
    const done = new Set(settled);
    open = open.filter((index) => !done.has(index));
  }
  return rates;
}

function linksOf(streams: readonly Stream[], capacityOf: (node: string) => number): Map<string, Link> {
  const links = new Map<string, Link>();
  const use = (key: string, node: string): void => {
    const link = links.get(key) ?? { leftBytesPerSecond: capacityOf(node), openStreams: 0 };
    link.openStreams += 1;
    links.set(key, link);
  };
  for (const { source, target } of streams) {
    use(`out ${source}`, source);
    use(`in ${target}`, target);
  }
  return links;
}

function shareOf({ leftBytesPerSecond, openStreams }: Link): number {
  return openStreams === 0 ? Infinity : leftBytesPerSecond / openStreams;
}

function smallestShare(links: ReadonlyMap<string, Link>): number {
  return Math.min(...[...links.values()].map(shareOf));
}
