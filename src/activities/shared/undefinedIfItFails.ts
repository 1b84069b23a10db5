import { ManagerError } from '../../domain/errors';

/**
 * What was asked for; undefined where it can't be told now, which is no reason to give up. Throws `Interrupted`, and what is
 * no problem of the project's own.
 */
export async function undefinedIfItFails<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ManagerError && error.code !== 'Interrupted') return undefined;
    throw error;
  }
}
