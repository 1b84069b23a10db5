import { CommandGate } from '../../../simulator/control/commands';
import type { SimulatedClock } from '../../../simulator/clock';
import type { Between } from '../../../standins/kubernetes/server';

/** What stands before a Kubernetes API: every request is noted, and can be held. */
export interface KubernetesGate {
  readonly calls: CommandGate;
  readonly between: Between;
}

/** Makes a gate; a request is called by its method and path. */
export function createKubernetesGate(clock: SimulatedClock): KubernetesGate {
  const calls = new CommandGate(clock);
  return {
    calls,
    async between({ method, path }, handle) {
      const call = calls.receive({
        ...{ node: 'kubernetes', user: '', client: '', kind: 'exec' },
        ...{ line: `${method} ${path}`, argv: [method, path] },
      });
      if ((await calls.pass(call, 'before handling')).kind !== 'go on') return undefined;
      const answer = handle();
      if ((await calls.pass(call, 'before answering')).kind !== 'go on') return undefined;
      calls.ended(call, { exitCode: 0 });
      return answer;
    },
  };
}
