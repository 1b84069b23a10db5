import { waitUntil } from './waitUntil';

/** Waits until something holds; fails with its name after `withinMs`. */
export async function condition(
  name: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  await waitUntil(name, async () => ((await holds()) ? true : undefined), withinMs);
}
