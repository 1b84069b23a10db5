import pLimit from 'p-limit';

/** Does something in the turn of a node. */
export type InTurn = <Answer>(node: string, act: () => Promise<Answer>) => Promise<Answer>;

/**
 * Lets at most so many things be done at the same time on each node; the others wait, first come first served. A question
 * that a silent guest agent holds up for 3 s keeps one of the node's requests as long: without turns those of machines that
 * boot would keep all of them (`maxConcurrentRequestsPerNode`), and whatever else is to be done there would wait.
 */
export function createNodeTurns(atOnce: number): InTurn {
  const turns = new Map<string, ReturnType<typeof pLimit>>();
  return (node, act) => {
    const inTurn = turns.get(node) ?? pLimit(atOnce);
    turns.set(node, inTurn);
    return inTurn(act);
  };
}
