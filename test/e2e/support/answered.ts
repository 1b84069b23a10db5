import { isUnanswered, isUnavailable } from '../../../src/client/failures';

/** Undefined where Temporal, or a worker that it asked, has not answered in time: the next look may be answered. */
export async function answered<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isUnanswered(error) || isUnavailable(error)) return undefined;
    throw error;
  }
}
