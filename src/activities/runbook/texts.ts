import { ManagerError, problem } from '../../domain/errors';
import { fill, type Text } from '../../domain/runbook/text';
import { secretsIn } from '../../domain/runbook/uses';
import { Secret } from '../../domain/secret';
import { createRedaction, type Redaction } from '../../programs/redaction';
import type { ActivityAttempt } from '../shared/attempt';
import type { RunStepArguments } from './contract';
import type { RunbookDependencies } from './dependencies';

/** Fills in the texts of one step. Throws InputInvalid where a value is missing, or can't be written at its place. */
export interface StepTexts {
  /** For places that hold no secret. */
  plain(text: Text): string;
  /** For standard input and headers. */
  secret(text: Text): Secret;
  /** Everything that must not be seen in outputs. */
  readonly secrets: readonly Secret[];
  readonly redaction: Redaction;
}

/** Reads the secrets that a step asks for. The worker's own token is cut out of outputs too, should it turn up there. */
export async function textsOfStep(
  { secrets: reader, credentials }: Pick<RunbookDependencies, 'secrets' | 'credentials'>,
  { signal }: Pick<ActivityAttempt, 'signal'>,
  { step, values }: RunStepArguments,
): Promise<StepTexts> {
  const named = new Map<string, Secret>();
  for (const name of secretsIn(step.action)) named.set(name, await reader.read(name, signal));
  const token = await credentials.get(signal).catch(() => undefined);
  const secrets = [...named.values(), ...(token === undefined ? [] : [token.secret])];
  return {
    plain: (text) => filled(step.title, () => fill(text, values)),
    secret: (text) =>
      filled(step.title, () => new Secret(fill(text, values, (name) => revealed(named, name)))),
    secrets,
    redaction: createRedaction(secrets),
  };
}

function revealed(named: ReadonlyMap<string, Secret>, name: string): string {
  const secret = named.get(name);
  if (secret === undefined) throw new RangeError(`there is no secret ${name}`);
  return secret.reveal();
}

function filled<T>(title: string, fillIn: () => T): T {
  try {
    return fillIn();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ManagerError(
      problem('InputInvalid', { attempted: `fill in the step "${title}"`, failed: error.message }),
    );
  }
}
