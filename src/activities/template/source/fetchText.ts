import { ManagerError, problem } from '../../../domain/errors';

const limitMs = 30_000;
/** Files of sums have a few kilobytes; Fedora's and Ubuntu's are the largest. */
const largestBytes = 1024 * 1024;

/**
 * Fetches a small public text: a file of sums, a signature. No token is ever sent, and certificates are verified.
 * Throws SourceUnusable.
 */
export async function fetchText(url: string, what: string, signal: AbortSignal): Promise<string> {
  const attempted = `fetch ${what} from ${url}`;
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]) });
  } catch (error) {
    signal.throwIfAborted();
    throw unusable(attempted, reasonOf(error), 'Check the address, and that the worker may reach it.');
  }
  if (!response.ok) {
    await response.body?.cancel();
    const remedy = 'Check the address in the source: of the runbook; releases move.';
    throw unusable(attempted, `the server answered ${response.status} ${response.statusText}`.trim(), remedy);
  }
  return readAtMost(response, attempted);
}

async function readAtMost(response: Response, attempted: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of response.body ?? []) {
      const bytes = asBytes(piece);
      length += bytes.length;
      if (length > largestBytes) break;
      pieces.push(bytes);
    }
  } catch (error) {
    throw unusable(attempted, reasonOf(error), 'Try again; the server broke off.');
  }
  if (length > largestBytes) {
    throw unusable(attempted, 'it has more than 1 MiB', 'Name the file of checksums, not the image.');
  }
  return Buffer.concat(pieces).toString('utf8');
}

function asBytes(piece: unknown): Uint8Array {
  return piece instanceof Uint8Array ? piece : new Uint8Array();
}

/** What went wrong below `fetch failed`, e.g. a certificate that is not trusted. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer within 30 s';
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** A source that can't be used, with what to do. */
export function unusable(attempted: string, failed: string, remedy?: string): ManagerError {
  return new ManagerError(
    problem('SourceUnusable', { attempted, failed, ...(remedy === undefined ? {} : { remedy }) }),
  );
}
