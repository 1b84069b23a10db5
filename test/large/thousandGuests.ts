/**
 * Empties a node of 1,000 guests: `npm run thousand-guests`. It takes minutes, so it is no part of `npm test`.
 * The poller is faster than the product's (one request a second) because the simulated cluster is.
 */
import setup from '../support/temporalGlobalSetup';
import teardown from '../support/temporalGlobalTeardown';
import { smallCluster } from '../e2e/support/scenario';
import { setStage } from '../e2e/support/stage';

const count = 1_000;

async function run(): Promise<string[]> {
  const nodes = ['pve01', 'pve02', 'pve03', 'pve04'].map((name) => ({
    name,
    memory: 4 * 1024 ** 4,
    cpus: 128,
  }));
  const generate = [
    {
      count,
      first_vmid: 1000,
      nodes: ['pve01'],
      statuses: ['running', 'running', 'stopped'] as ('running' | 'stopped')[],
      config: { memory: 1024, cores: 1, scsi0: 'nfs:{vmid}/vm-{vmid}-disk-0.qcow2,size=4G' },
    },
  ];
  const stage = await setStage({
    scenario: smallCluster('9', [], { nodes, generate }),
    speed: 100,
    pollEveryMs: 10,
    config: 'migration:\n  concurrency: 20',
  });
  try {
    const evacuation = await stage.evacuate({ node: 'pve01' });
    const plan = await evacuation.approved();
    const report = await evacuation.report();
    const { raw } = await evacuation.handle.describe();
    const guests = stage.simulator.control.guests();
    return [
      ...expected('moves in the plan', plan.moves.length, count),
      ...expected('outcome', report.outcome, 'done'),
      ...expected('guests moved', report.guests.filter(({ outcome }) => outcome === 'moved').length, count),
      ...expected(
        'guests begun twice',
        guests.filter(({ migrationsStarted }) => migrationsStarted !== 1).length,
        0,
      ),
      ...expected(
        'guests ever in two places',
        guests.filter(({ wasInTwoPlaces }) => wasInTwoPlaces).length,
        0,
      ),
      ...expected(
        'continued as new',
        raw.workflowExecutionInfo?.firstRunId !== raw.workflowExecutionInfo?.execution?.runId,
        true,
      ),
    ];
  } finally {
    await stage.close();
  }
}

function expected<T>(what: string, actual: T, wanted: T): string[] {
  process.stdout.write(
    `${what}: ${String(actual)}${actual === wanted ? '' : `, expected ${String(wanted)}`}\n`,
  );
  return actual === wanted ? [] : [what];
}

async function main(): Promise<void> {
  await setup();
  try {
    const failures = await run();
    process.stdout.write(`${6 - failures.length} passed, ${failures.length} failed\n`);
    process.exitCode = failures.length === 0 ? 0 : 1;
  } finally {
    await teardown();
  }
}

void main();
