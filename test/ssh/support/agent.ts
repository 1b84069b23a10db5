import { createServer } from 'node:net';
import { AgentProtocol } from 'ssh2';

import type { TestKey } from './keys';

/** A key agent on a socket. */
export interface TestAgent {
  /** Keys that it was asked to sign with. */
  signedWith(): readonly TestKey[];
  close(): Promise<void>;
}

export async function startAgent(socketPath: string, keys: readonly TestKey[]): Promise<TestAgent> {
  const signedWith: TestKey[] = [];
  const server = createServer((socket) => {
    const protocol = new AgentProtocol(false);
    protocol.on('identities', (request) =>
      protocol.getIdentitiesReply(
        request,
        keys.map((key) => key.parsed),
      ),
    );
    protocol.on('sign', (request, wanted, data, options) => {
      const key = keys.find((it) => it.parsed.getPublicSSH().equals(wanted.getPublicSSH()));
      if (key === undefined) {
        protocol.failureReply(request);
        return;
      }
      signedWith.push(key);
      protocol.signReply(request, key.parsed.sign(data, options.hash));
    });
    socket.on('error', () => undefined);
    socket.pipe(protocol).pipe(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  return {
    signedWith: () => signedWith,
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
