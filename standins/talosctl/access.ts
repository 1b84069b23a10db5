import { readFileSync } from 'node:fs';
import { ToolError, type Given } from '../cobra';
import type { Machine, StandInState } from '../state/types';

/** The prefix of all errors of gRPC. */
const unavailable = 'rpc error: code = Unavailable desc = connection error: desc =';

/** The one machine that a call names, if it lets the caller in. Throws ToolError in the words of the real one. */
export function machineOf(state: StandInState, given: Given): Machine {
  const [address, ...others] = given.list('nodes');
  if (address === undefined) {
    throw new ToolError(
      'nodes are not set for the command: please use `--nodes` flag or configuration file to set the nodes to run the command against',
    );
  }
  if (others.length > 0) throw new ToolError('command is not supported with multiple nodes');
  const isInsecure = given.bool('insecure', false);
  const authority = isInsecure ? undefined : authorityOf(given.text('talosconfig'));
  const machine = answering(state, address);
  // In maintenance mode a machine shows a certificate that it has signed itself.
  if (machine.phase !== 'running' && machine.phase !== 'resetting') {
    if (!isInsecure) throw new ToolError(unknownAuthority);
    return machine;
  }
  if (isInsecure)
    throw new ToolError(
      `${unavailable} "error reading server preface: remote error: tls: certificate required"`,
    );
  if (machine.configuration?.authority !== authority) throw new ToolError(unknownAuthority);
  return machine;
}

const unknownAuthority = `${unavailable} "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"`;

function answering(state: StandInState, address: string): Machine {
  const machine = state.machines.find((it) => it.address === address && it.phase !== 'off');
  const fail = (why: string) =>
    new ToolError(
      `${unavailable} "transport: Error while dialing: dial tcp ${address}:50000: connect: ${why}"`,
    );
  if (machine === undefined) throw fail('no route to host');
  if (machine.phase === 'rebooting') throw fail('connection refused');
  return machine;
}

/** The certificate of the authority in a talosconfig. */
function authorityOf(file: string | undefined): string {
  const path = file ?? `${process.env['HOME'] ?? ''}/.talos/config`;
  const text = readText(path, `failed to open config file "${path}"`);
  const authority = /^\s+ca: (\S+)$/m.exec(text)?.[1];
  if (authority === undefined) throw new ToolError('failed to resolve config context');
  return authority;
}

/** Throws ToolError as Go tells that a file can't be read. */
export function readText(path: string, attempted: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ToolError(`${attempted}: open ${path}: no such file or directory`);
  }
}

/** Puts words before those of an error, as Go wraps it. */
export function prefixed<T>(prefix: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof ToolError) throw new ToolError(`${prefix}${error.message}`);
    throw error;
  }
}
