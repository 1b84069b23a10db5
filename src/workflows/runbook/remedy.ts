import { problem, type Problem } from '../../domain/errors';
import { shownText } from '../../domain/runbook/text';
import type { Round } from './run';

/** What to do about the failure of a step, where the usual words are about another kind of operation. */
export function remedyFor(round: Pick<Round, 'planned' | 'node'>, { code, remedy }: Problem): string {
  const usual = problem(code, { attempted: '', failed: '' }).remedy;
  if (code === 'OutcomeUnknown' && remedy === usual) return whereToLook(round) ?? remedy;
  return remedy;
}

/** A command leaves no task on a node, and ends with neither its worker nor its connection. */
function whereToLook({ planned, node }: Pick<Round, 'planned' | 'node'>): string | undefined {
  const { executor, action, place } = planned;
  switch (action.type) {
    case 'script':
    case 'program': {
      const named = place.at === 'node' ? shownText(place.node) : (node ?? 'the node');
      const where = executor === 'local' ? "the worker's machine" : named;
      return `The command may still run on ${where}, and may have done all, a part or nothing of its work. Look there before you retry.`;
    }
    case 'request': {
      const [start] = action.path;
      const isElsewhere = typeof start === 'string' && start.startsWith('https://');
      return isElsewhere ? 'Look there whether it was done before you retry.' : undefined;
    }
    default:
      return undefined;
  }
}
