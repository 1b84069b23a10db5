import type { Finding } from '../../../domain/checkup';
import type { CheckupFacts } from '../facts/facts';
import { failed, ok, unknown } from '../finding';

/** Far more than the measurement is good for, and less than what makes logs and task times misleading. */
const toleratedSeconds = 10;

/** Whether the clocks of the nodes agree with each other and with ours. */
export function checkClocks({ nodes }: CheckupFacts): Finding[] {
  const unclear = nodes.flatMap(({ node, clockSeconds }) =>
    clockSeconds.known ? [] : [unknown('clocks', node.name, clockSeconds)],
  );
  const told = nodes.flatMap(({ node, clockSeconds }) =>
    clockSeconds.known ? [{ node, ahead: clockSeconds.value }] : [],
  );
  if (told.length === 0) return unclear;
  const common = commonOffset(told.map(({ ahead }) => ahead));
  const isOursWrong = Math.abs(common) > toleratedSeconds;
  const reference = isOursWrong ? common : 0;
  const wrong = told
    .map(({ node, ahead }) => ({ node, off: ahead - reference }))
    .filter(({ off }) => Math.abs(off) > toleratedSeconds)
    .map(({ node, off }) =>
      failed(
        'clocks',
        node.name,
        `its clock is ${inWords(off)}`,
        `Look at its time service: ssh ${node.host} chronyc tracking\nSet it at once, there: chronyc makestep`,
      ),
    );
  const findings = [...unclear, ...wrong, ...(isOursWrong ? [ours(common)] : [])];
  return findings.length > 0
    ? findings
    : [ok('clocks', 'cluster', `all clocks agree within ${toleratedSeconds} s`)];
}

/** Where three or more nodes agree, it is ours that differs; with fewer nobody can tell, and ours is believed. */
function commonOffset(offsets: readonly number[]): number {
  const sorted = offsets.toSorted((one, other) => one - other);
  return sorted.length < 3 ? 0 : (sorted[Math.floor(sorted.length / 2)] ?? 0);
}

function ours(common: number): Finding {
  return failed(
    'clocks',
    'this machine',
    `the clock of this machine is ${inWords(-common)}, by those of the nodes`,
    'Set it: timedatectl set-ntp true',
  );
}

function inWords(seconds: number): string {
  return `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`;
}
