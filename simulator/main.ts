import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startControlServer } from './control/control-server';
import { startSimulator } from './index';
import { shippedScenarioNames } from './scenario/load';

const usage = `usage: node simulator/main.js --scenario <name or file> [--speed <n>] [--port <first node's port>]
       [--control-port <n>] [--ssh-port <first node's port>] [--authorized-keys <file>] [--certificates <folder>]
       [--end-with-stdin]
Prints one line of JSON (nodes, CA, control URL, token, network, storages, images, root's SSH key) when it is ready, and ends on SIGTERM or SIGINT,
with --end-with-stdin also once its standard input is closed: then nobody is left who could end it.
Nothing is written to disk unless --certificates names a folder to keep the CA (ca.pem), the certificates and the SSH keys
(root_ssh_key) in.`;

function help(): string {
  return `${usage}\nScenarios: ${shippedScenarioNames().join(', ')}; or a YAML file (docs/simulator.md).`;
}

/** Runs a simulator as a process of its own. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'three-nodes' },
      speed: { type: 'string', default: '1' },
      port: { type: 'string' },
      'ssh-port': { type: 'string' },
      'authorized-keys': { type: 'string' },
      'control-port': { type: 'string', default: '0' },
      certificates: { type: 'string' },
      'end-with-stdin': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${help()}\n`);
    return;
  }
  const folder = values.certificates;
  const simulator = await startSimulator({
    scenario: { file: values.scenario },
    speed: positive(values.speed, '--speed'),
    ports: values.port === undefined ? 'free' : positive(values.port, '--port'),
    sshPorts: values['ssh-port'] === undefined ? 'free' : positive(values['ssh-port'], '--ssh-port'),
    authorizedKeys:
      values['authorized-keys'] === undefined ? [] : [readFileSync(values['authorized-keys'], 'utf8')],
    ...(folder === undefined ? {} : { certificateFolder: folder }),
  });
  const control = await startControlServer(simulator.control, Number(values['control-port']));
  const { nodes, token, certificateAuthorityPem, network, storages, images, rootSshKey } = simulator;
  const cluster = simulator.control.cluster.name;
  const files =
    folder === undefined
      ? {}
      : { caFile: path.join(folder, 'ca.pem'), sshKeyFile: path.join(folder, 'root_ssh_key') };
  const addresses = { cluster, nodes, ...files, certificateAuthorityPem, controlUrl: control.url };
  const ready = { ...addresses, token, network, storages, images, rootSshKey: rootSshKey.privateKey };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  const stop = async (): Promise<void> => {
    await Promise.all([control.close(), simulator.close()]);
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  if (values['end-with-stdin']) process.stdin.once('end', () => void stop()).resume();
}

function positive(text: string, option: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} must be a number above 0, not ${text}`);
  return value;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
