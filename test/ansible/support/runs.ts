import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlaybookCall } from '../../../src/ansible/command';
import { followRun } from '../../../src/ansible/runs/follow';
import { startRun, type NewRun } from '../../../src/ansible/runs/start';
import { readTree } from '../../../src/ansible/tree';
import type { PlaybookEnding, PlaybookProgress, PlaybookWatch } from '../../../src/domain/ansible/run';
import type { Secret } from '../../../src/domain/secret';
import { createRedaction } from '../../../src/programs/redaction';
import type { PlaybookTreeLab } from './tree';

/** Runs of one test, kept in a folder beside the tree. */
export interface RunLab {
  readonly base: string;
  call(name: string, more?: Partial<PlaybookCall>): PlaybookCall;
  /** Starts a run of a playbook and returns its ID. */
  start(name: string, more?: Partial<NewRun>): Promise<string>;
  /** `withholds`: as with a vault or secret variables. */
  follow(
    id: string,
    tell?: (progress: PlaybookProgress) => void,
    withholds?: boolean,
  ): Promise<PlaybookWatch>;
  /** Starts a run and follows it to its end. */
  run(name: string, more?: Partial<NewRun>): Promise<PlaybookEnding>;
  redact(text: string): string;
  /** A file of a run. */
  file(id: string, name: string): string;
}

/** Makes the lab; `secrets` are cut out of all that is told. */
export function runLab({ folder, root }: PlaybookTreeLab, secrets: readonly Secret[] = []): RunLab {
  const base = join(folder, 'ansible');
  const redaction = createRedaction(secrets);
  const { signal } = new AbortController();
  const lab: RunLab = {
    base,
    redact: (text) => redaction.redactText(text),
    file: (id, name) => readFileSync(join(base, 'runs', id, name), 'utf8'),
    call: (name, more = {}) => ({
      places: { root, playbooks: join(root, 'playbooks'), inventory: join(root, 'inventory/hosts.yaml') },
      file: join(root, 'playbooks', `${name}.yaml`),
      ...{ tags: [], skipTags: [], limit: 'here' },
      ...more,
    }),
    async start(name, more = {}) {
      const id = randomUUID();
      const { manifest } = await readTree(root, signal);
      await startRun(base, {
        ...{ id, playbook: name, call: lab.call(name), lock: `lab--${name}`, check: false, manifest },
        vars: { plain: {}, secret: {} },
        requireAlive: () => undefined,
        ...more,
      });
      return id;
    },
    follow: (id, tell = () => undefined, withholds = false) =>
      followRun(base, id, { signal, tell, redact: lab.redact, withholds }),
    async run(name, more = {}) {
      const id = await lab.start(name, more);
      return endingOf(await lab.follow(id, undefined, more.vaultPassword !== undefined));
    },
  };
  return lab;
}

/** How a run that was followed ended. */
export function endingOf(watch: PlaybookWatch): PlaybookEnding {
  if (watch.kind !== 'ended') throw new Error(`it is ${watch.kind}`);
  return watch.ending;
}
