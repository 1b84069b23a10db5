import { readFile } from 'node:fs/promises';
import { Secret } from '../domain/secret';
import { createRedaction } from '../programs/redaction';
import { talosPaths } from './folder';

const hidden = '[secret]';
/** Enough for an error and a few lines around it. */
const longestWords = 1_500;
/** Shorter texts are words (`controlplane`), and stand everywhere. */
const shortestSecret = 12;

/**
 * What a tool said, as it may be shown: the cluster's secrets cut out, everything that looks like a key too, without
 * the usage text that follows some errors, and not more than a person reads.
 */
export function shownWords(said: Secret, secrets: readonly Secret[]): string {
  const known = createRedaction(secrets).redactText(said.reveal());
  const [own = ''] = known.split(/^Usage:/m, 1);
  const text = withoutKeys(own).trim();
  return text.length > longestWords ? `${text.slice(0, longestWords)} ...` : text;
}

/** Keys in PEM, values behind a name that tells a secret, and long texts of base64. */
function withoutKeys(text: string): string {
  return text
    .replaceAll(/-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g, hidden)
    .replaceAll(
      /\b(\w*(?:token|secret|password|key|crt|ca|data))(["']?\s*:\s*)["']?[^\s"']{8,}/gi,
      `$1$2${hidden}`,
    )
    .replaceAll(/[A-Za-z0-9+/_-]{40,}={0,2}/g, (run) => (isBase64(run) ? hidden : run));
}

/** Paths, names and digests in hexadecimal digits are none. */
function isBase64(run: string): boolean {
  return !isPath(run) && /[A-Z]/.test(run) && /[a-z]/.test(run);
}

/** Base64 can begin with a slash too, but has no hyphens then, and rarely as many slashes. */
function isPath(run: string): boolean {
  return /^\/[^+=]+$/.test(run) && (/[-_]/.test(run) || run.split('/').length > 4);
}

/** The values of the cluster's secrets file; none if there is no such file yet. */
export async function secretsIn(folder: string): Promise<readonly Secret[]> {
  const text = await readFile(talosPaths(folder).secrets, 'utf8').catch(() => '');
  return secretValues(text);
}

/** The values in a YAML file of secrets: every scalar that is long enough to be one. */
export function secretValues(yaml: string): readonly Secret[] {
  return [...yaml.matchAll(/^\s*(?:- )?[\w-]+:\s*["']?([^\s"'|>][^\s"']*)["']?\s*$/gm)]
    .map(([, value = '']) => value)
    .filter((value) => value.length >= shortestSecret)
    .map((value) => new Secret(value));
}
