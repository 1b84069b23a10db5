const waitAtMostMs = 60_000;
const lookEveryMs = 50;

/** Resolves with the first value that `look` gives; rejects after a minute. */
export async function seen<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + waitAtMostMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
