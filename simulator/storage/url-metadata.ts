import type { ApiCall } from '../http/call';
import { fail } from '../http/errors';
import { openUrl } from '../web/open-url';
import { NotReached, type WebAnswer } from '../web/web-answer';

const mostRedirections = 7;

/** Size, type and name of a file, as its server tells (recording f1). */
export async function urlMetadata(call: ApiCall): Promise<unknown> {
  const { parameters } = call;
  const url = parameters.text('url');
  const answer = await head(call, url, parameters.flag('verify-certificates', true));
  if (answer.status !== 200) fail(`invalid server response: '${answer.status} ${answer.reason}'`);
  const name = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
  return {
    ...(name === '' ? {} : { filename: name }),
    ...(answer.sizeBytes === undefined ? {} : { size: answer.sizeBytes }),
    ...(answer.mimeType === undefined ? {} : { mimetype: answer.mimeType.split(';')[0] ?? '' }),
  };
}

async function head(call: ApiCall, first: string, verifyCertificates: boolean): Promise<WebAnswer> {
  let url = first;
  for (let redirections = 0; ; redirections += 1) {
    const { signal } = new AbortController();
    const answer = await openUrl(call.cluster, { method: 'HEAD', url, verifyCertificates, signal }).catch(
      (error: unknown) => notReached(url, error),
    );
    const { status, location } = answer;
    if (status < 300 || status >= 400 || location === undefined || redirections === mostRedirections)
      return answer;
    url = new URL(location, url).href;
  }
}

function notReached(url: string, error: unknown): never {
  if (!(error instanceof NotReached)) throw error;
  const { hostname, port, protocol } = new URL(url);
  const place = `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
  const reasons = {
    'connection refused': 'Connection refused',
    'name not resolved': 'Temporary failure in name resolution',
    'certificate not trusted': 'certificate verify failed',
    'no answer': 'Connection timed out',
  };
  return fail(`invalid server response: '500 Can't connect to ${place} (${reasons[error.why]})'`);
}
