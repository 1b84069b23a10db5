import { randomUUID } from 'node:crypto';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail, parameterError } from '../http/errors';
import { requireAccessQuorum } from './quorum';
import { fullTokenId, type TokenState, type UserState } from './state';
import { sortedTokens, tokenInformation, tokenRow } from './user-endpoints';

/** API tokens of users (recordings c1). Secrets are random in every simulator. */
export const tokenEndpoints: EndpointTable = {
  'GET /access/users/{userid}/token': (call) => sortedTokens(userOf(call)).map((token) => tokenRow(token)),
  'GET /access/users/{userid}/token/{tokenid}': (call) => tokenInformation(tokenOf(call)),
  'POST /access/users/{userid}/token/{tokenid}': createToken,
  'PUT /access/users/{userid}/token/{tokenid}': changeToken,
  'DELETE /access/users/{userid}/token/{tokenid}': deleteToken,
};

function userOf({ cluster, parameters }: ApiCall): UserState {
  const id = parameters.text('userid');
  return cluster.access.users.get(id) ?? fail(`no such user ('${id}')`);
}

function tokenOf(call: ApiCall): TokenState {
  const user = userOf(call);
  const id = call.parameters.text('tokenid');
  return user.tokens.get(id) ?? fail(`no such token '${id}' for user '${user.id}'`);
}

/** privsep and expire come back as sent, as text; privsep is a number where it was not sent. */
function createToken(call: ApiCall): unknown {
  const { parameters } = call;
  const user = userOf(call);
  const id = parameters.text('tokenid');
  if (user.tokens.has(id)) parameterError({ tokenid: 'Token already exists.' });
  requireAccessQuorum(call, 'generating token failed');
  const token: TokenState = {
    id,
    secret: randomUUID(),
    privilegeSeparation: parameters.flag('privsep', true),
    expire: parameters.optionalInteger('expire') ?? 0,
    comment: parameters.optionalText('comment'),
  };
  user.tokens.set(id, token);
  const sent = ['expire', 'comment'].filter((name) => parameters.has(name));
  const information = {
    privsep: parameters.optionalText('privsep') ?? 1,
    ...Object.fromEntries(sent.map((name) => [name, parameters.text(name)] as const)),
  };
  return { 'full-tokenid': fullTokenId(user.id, id), info: information, value: token.secret };
}

function changeToken(call: ApiCall): unknown {
  requireAccessQuorum(call, 'updating token info failed');
  const { parameters } = call;
  const token = tokenOf(call);
  token.expire = parameters.optionalInteger('expire') ?? token.expire;
  token.privilegeSeparation = parameters.flag('privsep', token.privilegeSeparation);
  token.comment = parameters.optionalText('comment') ?? token.comment;
  if (parameters.list('delete').includes('comment')) token.comment = undefined;
  if (!parameters.flag('regenerate')) return tokenInformation(token);
  token.secret = randomUUID();
  return {
    ...tokenInformation(token),
    'full-tokenid': fullTokenId(userOf(call).id, token.id),
    value: token.secret,
  };
}

function deleteToken(call: ApiCall): null {
  requireAccessQuorum(call, 'deleting token failed');
  const user = userOf(call);
  const token = tokenOf(call);
  const { access } = call.cluster;
  user.tokens.delete(token.id);
  access.acl = access.acl.filter(({ subject }) => subject !== fullTokenId(user.id, token.id));
  return null;
}
