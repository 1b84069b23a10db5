import type { SimulatorControl } from '../../../simulator';

/** Whether of two requests to paths with this ending the one that was sent first was handled last. */
export function cameLate(control: SimulatorControl, ending: string): boolean {
  const asked = control.requests().filter(({ path }) => path.endsWith(ending));
  const [first, second] = asked.map(({ answeredAt }) => answeredAt ?? Infinity);
  return asked.length === 2 && first !== undefined && second !== undefined && first > second;
}
