import type { Finding } from '../../../domain/checkup';
import type { Problem } from '../../../domain/errors';
import { canBootstrap } from '../../access/bootstrapHelps';
import type { CheckupFacts, NodeFacts } from '../facts/facts';
import { maskOfSilence, silenceOf } from '../facts/silence';
import { failed, notChecked, ok, unknown } from '../finding';

/** Whether each node accepts the token. One that all nodes refuse is one fault. */
export function checkToken({ nodes, token, config }: CheckupFacts): Finding[] {
  const refusals = nodes.flatMap((it) => refusalOf(it) ?? []);
  const accepting = nodes.filter(({ answer }) => answer.known);
  const [first] = refusals;
  if (first !== undefined && accepting.length === 0 && token.known) {
    return [
      refused(token.value.tokenId, 'cluster', first, newTokenRemedy(token.value, config)),
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
  return refusal === undefined
    ? unknown('token', node.name, answer)
    : refused(tokenId, node.name, refusal, lookRemedy(tokenId));
}

function refusalOf({ answer }: NodeFacts): Problem | undefined {
  return !answer.known && 'problem' in answer && answer.problem.code === 'TokenRefused'
    ? answer.problem
    : undefined;
}

/** Version 9 says the same of every token that it refuses (observed-9: HTTP, login, tokens, roles). */
function refused(tokenId: string, where: string, { proxmoxSaid = '' }: Problem, remedy: string): Finding {
  const why = proxmoxSaid === 'Authentication failed!' ? 'it is expired, wrong or removed' : proxmoxSaid;
  return failed('token', where, `the token ${tokenId} is refused: ${why}`, remedy);
}

/** Where no node takes it, a new one helps whatever has become of it. */
function newTokenRemedy(
  { tokenId, kept }: { readonly tokenId: string; readonly kept: string },
  { credentials }: CheckupFacts['config'],
): string {
  const renew = canBootstrap(credentials)
    ? 'Make it anew and store it: pxm bootstrap'
    : `Make a new one (docs/real-cluster.md) and put it into ${kept}`;
  return `${renew}\n${lookRemedy(tokenId)}`;
}

function lookRemedy(tokenId: string): string {
  const user = tokenId.split('!')[0] ?? '';
  return `What has become of it, as root on a node: pveum user token list ${user}`;
}
