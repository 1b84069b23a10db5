import { waitUntil } from './waitUntil';

/** Waits until something holds; fails with its name where it never does. */
export async function condition(name: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  await waitUntil(name, async () => ((await holds()) ? true : undefined));
}
