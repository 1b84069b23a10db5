import { fail } from '../http/errors';
import { localResources } from './local-resources';
import { guestOnNode } from '../cluster/state';
import { guestLock, isRunning } from '../cluster/guests';
import type { MigrationRun } from './run';

/** How long ssh tries an address that does not answer, in seconds (observed: Migration, offline target). */
const connectSeconds = 3;

/** Checks before anything is changed (behaviour.md 8.3). Takes `seconds`. */
export async function prepare(run: MigrationRun, seconds: number): Promise<void> {
  const { cluster, guest, source, vmid } = run;
  if (guestOnNode(cluster, source.name, vmid, 'qemu') !== guest) {
    fail(`Configuration file 'nodes/${source.name}/qemu-server/${vmid}.conf' does not exist`);
  }
  const lock = guestLock(guest);
  if (lock !== undefined) fail(`VM is locked (${lock})`);
  if (isRunning(guest) !== run.live) fail("can't migrate running VM without --online");
  refuseLocalDevices(run);
  await reachTarget(run);
  await run.sleep(seconds);
}

function refuseLocalDevices({ cluster, guest, live, options, target }: MigrationRun): void {
  const { local, mapped, missingOn } = localResources(cluster, guest);
  const blocking = local.filter((key) => !mapped.has(key));
  if (blocking.length > 0 && (live || !options.force)) {
    fail(`can't migrate VM which uses local devices: ${blocking.join(', ')}`);
  }
  const missing = missingOn.get(target.name) ?? [];
  if (missing.length > 0)
    fail(`can't migrate to '${target.name}': missing mapped devices ${missing.join(', ')}`);
  const bound = [...mapped].filter(([, { liveMigration }]) => !liveMigration).map(([key]) => key);
  if (live && bound.length > 0) {
    fail(`can't live migrate running VM which uses following mapped devices: ${bound.join(', ')}`);
  }
}

async function reachTarget(run: MigrationRun): Promise<void> {
  if (run.targetReachable) return;
  const { name, ip } = run.target;
  const options = [
    "-e none -o 'BatchMode=yes'",
    `-o 'HostKeyAlias=${name}'`,
    `-o 'UserKnownHostsFile=/etc/pve/nodes/${name}/ssh_known_hosts'`,
    "-o 'GlobalKnownHostsFile=none'",
  ];
  await run.sleep(connectSeconds);
  run.log(`# /usr/bin/ssh ${options.join(' ')} root@${ip} /bin/true`);
  run.log(`ssh: connect to host ${ip} port 22: No route to host`);
  fail("Can't connect to destination address using public key");
}
