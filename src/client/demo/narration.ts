import type { Session } from '../session';

/** A heading, and what is about to be seen. */
export function scene(session: Session, title: string, lines: readonly string[]): void {
  const { bold, cyan } = session.output.colors;
  session.output.note(['', bold(cyan(`== ${title} ==`)), ...lines, '', ''].join('\n'));
}

/** How often something was begun, in words. */
export function begun(times: number): string {
  return times === 1 ? 'begun once' : `begun ${times} times`;
}
