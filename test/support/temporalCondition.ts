import { setTimeout as delay } from 'node:timers/promises';

/** Waits until something holds, asking again every 50 ms; fails with its name after `withinMs`. */
export async function condition(
  name: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Not within ${withinMs / 1000} s: ${name}`);
    await delay(50);
  }
}
