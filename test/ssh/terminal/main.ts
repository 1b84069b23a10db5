import { ManagerError } from '../../../src/domain/errors';
import { createPassphraseProvider } from '../../../src/ssh/access/passphraseProvider';
import { ownTerminal } from '../../../src/ssh/access/terminalPassphrases';
import { createSsh } from '../../../src/ssh/ssh';

/** A program as the worker is one: it may ask at its terminal. Logs in as two users at once, and says how that went. */
async function main([home = '', port = '']: readonly string[]): Promise<void> {
  const ssh = createSsh({
    home,
    ownKnownHostsFile: `${home}/own_known_hosts`,
    environment: {},
    passphraseFor: createPassphraseProvider(undefined, ownTerminal()),
  });
  const users = ['root', 'backup'].map(async (user) =>
    ssh.run({ host: '127.0.0.1', port: Number(port), user }, { words: ['true'] }, { kind: 'read' }),
  );
  const results = await Promise.allSettled(users);
  for (const result of results) {
    if (result.status === 'fulfilled') process.stdout.write('logged in\n');
    else if (result.reason instanceof ManagerError) process.stdout.write(`${result.reason.message}\n`);
  }
  ssh.close();
}

void main(process.argv.slice(2));
