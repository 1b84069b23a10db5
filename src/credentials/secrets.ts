import type { SecretPlaceSettings } from '../config/clusterConfig';
import { ManagerError, problem } from '../domain/errors';
import { Secret } from '../domain/secret';
import { readOwnFile } from './file';
import { passError, runPass, succeeded } from './pass';

/** The secrets that runbooks ask for by name. */
export interface SecretReader {
  /** Whether the configuration names a place for it. */
  has(name: string): boolean;
  /**
   * Reads one, anew each time. Throws CredentialsLocked, CredentialsMissing or CredentialsMalformed; none shows any
   * part of what was read.
   */
  read(name: string, signal: AbortSignal): Promise<Secret>;
  /** The same with all its lines: a private key. */
  readWhole(name: string, signal: AbortSignal): Promise<Secret>;
}

/** Makes a reader of the places that the configuration names. */
export function createSecretReader(places: Readonly<Record<string, SecretPlaceSettings>>): SecretReader {
  const placeOf = (name: string) => (Object.hasOwn(places, name) ? places[name] : undefined);
  const read = async (name: string, signal: AbortSignal, part: (text: string) => string) => {
    const place = placeOf(name);
    if (place === undefined) throw unnamed(name);
    const describe = `secret ${name} (${place.provider === 'pass' ? `pass entry ${place.passPath}` : `file ${place.path}`})`;
    const text = await textOf(place, describe, signal);
    if (firstLine(text) !== '') return new Secret(part(text));
    throw new ManagerError(
      problem('CredentialsMalformed', {
        attempted: `read ${describe}`,
        failed: 'its first line is empty',
        remedy: 'Write the secret on the first line.',
      }),
    );
  };
  return {
    has: (name) => placeOf(name) !== undefined,
    read: (name, signal) => read(name, signal, firstLine),
    readWhole: (name, signal) => read(name, signal, (text) => text),
  };
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}

async function textOf(place: SecretPlaceSettings, describe: string, signal: AbortSignal): Promise<string> {
  if (place.provider === 'file') return readOwnFile(place.path, describe, 'own');
  const result = await runPass(['show', '--', place.passPath], {}, signal);
  if (succeeded(result)) return result.stdout;
  throw passError(result, place.passPath, `read ${describe}`);
}

function unnamed(name: string): ManagerError {
  return new ManagerError(
    problem('CredentialsMissing', {
      attempted: `read the secret ${name}`,
      failed: 'the configuration names no place for it',
      remedy: `Add it to cluster-config.yaml: secrets: { ${name}: { pass_path: ... } }, then restart the worker.`,
    }),
  );
}
