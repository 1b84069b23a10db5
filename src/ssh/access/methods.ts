import type { AnyAuthMethod } from 'ssh2';

import type { SshHop } from '../settings/route';
import { AgentKeys } from './agentKeys';
import { publicKeyOf, type KeyFiles } from './keyFiles';

/** One after another what to log in with. Notes say what became of each, for the error if none is taken. */
export interface LoginMethods {
  /** The next one; undefined: there is no further one. */
  next(): Promise<AnyAuthMethod | undefined>;
  /** What was tried, and what could not be used and why. */
  notes(): readonly string[];
  /** What helps with the key files that could not be used; undefined: nothing more exact than the code's own is known. */
  remedy(): string | undefined;
  /** The agent could not be asked, or it did not sign. */
  agentFailed(why: string): void;
}

/** The ways to log in at a host: the agent's keys, then the key files. Passwords are never used. */
export function createLoginMethods(hop: SshHop, keyFiles: KeyFiles): LoginMethods {
  const notes: (() => string)[] = [];
  const remedies = new Set<string>();
  const methods = inTurn();

  async function* inTurn(): AsyncGenerator<AnyAuthMethod, undefined> {
    const username = hop.user;
    if (hop.agent === undefined) {
      notes.push(() => 'no key agent (SSH_AUTH_SOCK is not set)');
    } else {
      const publicKeys = await Promise.all(hop.identityFiles.map(publicKeyOf));
      const preferred = publicKeys.filter((it) => it !== undefined);
      const agent = new AgentKeys(hop.agent, preferred, hop.identitiesOnly);
      notes.push(() => `${agent.offered} key(s) of the agent`);
      yield { type: 'agent', username, agent };
    }
    for (const file of hop.identityFiles) {
      const read = await keyFiles.read({ file, host: `${username}@${hop.host}` });
      if ('key' in read) {
        notes.push(() => `${file}: offered`);
        yield { type: 'publickey', username, key: read.key };
      } else if ('unusable' in read) {
        notes.push(() => `${file}: ${read.unusable}`);
        if (read.remedy !== undefined) remedies.add(read.remedy);
      } else if (hop.identityFilesNamed) {
        notes.push(() => `${file}: there is no such file`);
      }
    }
    return undefined;
  }

  return {
    next: async () => (await methods.next()).value,
    notes: () => notes.map((note) => note()),
    remedy: () => (remedies.size === 0 ? undefined : [...remedies].join(' ')),
    agentFailed: (why) => notes.push(() => `the agent: ${why}`),
  };
}
