import type { Finding } from '../../../domain/checkup';
import type { Problem } from '../../../domain/errors';
import type { CheckupFacts, NodeFacts } from '../facts/facts';
import { maskOfSilence, silenceOf } from '../facts/silence';
import { failed, notChecked, ok, unknown } from '../finding';

/** Whether each node accepts the token. One that all nodes refuse is one fault. */
export function checkToken({ nodes, token }: CheckupFacts): Finding[] {
  const refusals = nodes.flatMap((it) => refusalOf(it) ?? []);
  const accepting = nodes.filter(({ answer }) => answer.known);
  const [first] = refusals;
  if (first !== undefined && accepting.length === 0 && token.known) {
    return [
      refused(token.value.tokenId, 'cluster', first),
      ...nodes.filter((it) => refusalOf(it) === undefined).map((it) => judge(it, token.value.tokenId)),
    ];
  }
  return nodes.map((it) => judge(it, token.known ? token.value.tokenId : ''));
}

function judge(facts: NodeFacts, tokenId: string): Finding {
  const { node, answer } = facts;
  if (answer.known) return ok('token', node.name, 'it accepts the token');
  const refusal = refusalOf(facts);
  if (silenceOf(facts) !== undefined) return notChecked('token', node.name, maskOfSilence(node.name));
  return refusal === undefined ? unknown('token', node.name, answer) : refused(tokenId, node.name, refusal);
}

function refusalOf({ answer }: NodeFacts): Problem | undefined {
  return !answer.known && 'problem' in answer && answer.problem.code === 'TokenRefused'
    ? answer.problem
    : undefined;
}

/** Version 9 says the same of every token that it refuses (observed-9: HTTP, login, tokens, roles). */
function refused(tokenId: string, where: string, { proxmoxSaid = '' }: Problem): Finding {
  const user = tokenId.split('!')[0] ?? '';
  const why = proxmoxSaid === 'Authentication failed!' ? 'it is expired, wrong or removed' : proxmoxSaid;
  return failed(
    'token',
    where,
    `the token ${tokenId} is refused: ${why}`,
    `Look at it as root on a node: pveum user token list ${user} . A new one is made and stored by: pxm bootstrap`,
  );
}
