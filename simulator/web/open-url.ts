import type { ClusterState } from '../cluster/state';
import { fetchUrl } from './fetch';
import { fileOf, type UrlFacts } from './url-facts';
import { NotReached, type WebAnswer, type WebRequest } from './web-answer';

/** Asks for a URL: answered by what was said about it, else by a real server. Throws NotReached without an answer. */
export function openUrl(cluster: ClusterState, request: WebRequest): Promise<WebAnswer> {
  const facts = cluster.web.get(request.url);
  if (facts === undefined) return fetchUrl(request);
  try {
    return Promise.resolve(answerOf(facts, request));
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

function answerOf(facts: UrlFacts, { verifyCertificates }: WebRequest): WebAnswer {
  const { sizeBytes, mimeType, bytesPerSecond, breaksOffAtBytes } = facts;
  const isTrusted = facts.answer === 'certificate not trusted' && !verifyCertificates;
  const answer = isTrusted ? 'file' : facts.answer;
  switch (answer) {
    case 'connection refused':
    case 'name not resolved':
    case 'certificate not trusted':
      throw new NotReached(answer);
    case 'file':
      return {
        status: 200,
        reason: 'OK',
        sizeBytes,
        mimeType,
        location: undefined,
        bytesPerSecond,
        receive: (compression) =>
          Promise.resolve({
            file: fileOf(facts),
            unpacked:
              compression === undefined
                ? undefined
                : fileOf({ ...facts, url: `${facts.url}#unpacked`, checksums: {} }),
            brokenOffAtBytes: breaksOffAtBytes,
          }),
      };
    default: {
      const [, status = '500', reason = ''] = /^(\d+) ?(.*)$/.exec(answer) ?? [];
      return { ...emptyAnswer, status: Number(status), reason };
    }
  }
}

const emptyAnswer: WebAnswer = {
  status: 500,
  reason: '',
  sizeBytes: undefined,
  mimeType: undefined,
  location: undefined,
  bytesPerSecond: undefined,
  receive: () => Promise.reject(new NotReached('no answer')),
};
