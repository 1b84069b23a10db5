const lookEveryMs = 10;

/** Resolves with true once `look` does; rejects after `withinMs`. */
export async function until(
  what: string,
  look: () => boolean | Promise<boolean>,
  { withinMs = 120_000, everyMs = lookEveryMs } = {},
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs / 1000} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
