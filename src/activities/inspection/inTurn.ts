import pLimit from 'p-limit';

/** So many nodes or guests are read at once; the client bounds the requests per node besides. */
const readsAtOnce = 8;

/** Counts reads for whoever watches. */
export interface ProgressCounter {
  expect(count: number): void;
  count(): void;
}

/** A counter that tells each read: how many are done, of how many so far expected. */
export function progressCounter(onProgress?: (done: number, total: number) => void): ProgressCounter {
  let done = 0;
  let total = 0;
  return {
    expect: (count) => {
      total += count;
    },
    count: () => {
      done += 1;
      onProgress?.(done, total);
    },
  };
}

/** Runs the reads, some at once; the first that fails ends those that have not begun. */
export async function inTurn<T, R>(
  items: readonly T[],
  read: (item: T) => Promise<R>,
  progress: ProgressCounter,
): Promise<readonly R[]> {
  const limit = pLimit(readsAtOnce);
  progress.expect(items.length);
  try {
    return await Promise.all(
      items.map((item) =>
        limit(async () => {
          const result = await read(item);
          progress.count();
          return result;
        }),
      ),
    );
  } finally {
    limit.clearQueue();
  }
}
