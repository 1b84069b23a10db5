import { get as getPlain, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as getEncrypted } from 'node:https';
import { createGunzip } from 'node:zlib';
import { fail } from '../http/errors';
import { FileReader } from './file-facts';
import {
  NotReached,
  type Compression,
  type NoAnswer,
  type ReceivedFile,
  type WebAnswer,
  type WebRequest,
} from './web-answer';

/** Asks a real web server: those of tests. The bytes are looked at, and not kept. */
export function fetchUrl({ method, url, verifyCertificates, signal }: WebRequest): Promise<WebAnswer> {
  const isEncrypted = new URL(url).protocol === 'https:';
  const options: RequestOptions = { method, signal, agent: false };
  return new Promise((resolve, reject) => {
    const request = isEncrypted
      ? getEncrypted(url, { ...options, rejectUnauthorized: verifyCertificates }, (message) =>
          resolve(answerOf(message)),
        )
      : getPlain(url, options, (message) => resolve(answerOf(message)));
    request.on('error', (error) => reject(new NotReached(reasonOf(error))));
  });
}

function answerOf(message: IncomingMessage): WebAnswer {
  const length = message.headers['content-length'];
  // Nobody may ever read the body: an error without a listener would end the process.
  message.on('error', () => undefined);
  return {
    status: message.statusCode ?? 0,
    reason: message.statusMessage ?? '',
    sizeBytes: length === undefined ? undefined : Number(length),
    mimeType: message.headers['content-type'],
    location: message.headers.location,
    bytesPerSecond: undefined,
    receive: (compression) => receive(message, compression),
  };
}

async function receive(
  message: IncomingMessage,
  compression: Compression | undefined,
): Promise<ReceivedFile> {
  if (compression !== undefined && compression !== 'gz') {
    fail(`simulator: unpacking ${compression} of a real server is not simulated`);
  }
  const reader = new FileReader();
  const unpacking = compression === undefined ? undefined : unpacked();
  const announced = Number(message.headers['content-length'] ?? 0);
  try {
    for await (const chunk of message) {
      if (!Buffer.isBuffer(chunk)) continue;
      reader.add(chunk);
      unpacking?.add(chunk);
    }
  } catch {
    return { file: reader.facts(), unpacked: undefined, brokenOffAtBytes: reader.receivedBytes };
  }
  const file = reader.facts();
  const complete = message.complete && file.sizeBytes >= announced;
  return {
    file,
    unpacked: await unpacking?.facts(),
    brokenOffAtBytes: complete ? undefined : file.sizeBytes,
  };
}

/** Looks at what is in an archive, as far as it can be unpacked. */
function unpacked(): { add(bytes: Buffer): void; facts(): Promise<ReturnType<FileReader['facts']>> } {
  const reader = new FileReader();
  const gunzip = createGunzip();
  const done = new Promise<void>((resolve) => {
    gunzip.on('data', (bytes: Buffer) => reader.add(bytes));
    gunzip.on('end', resolve);
    gunzip.on('error', () => resolve());
  });
  return {
    add: (bytes) => gunzip.write(bytes),
    facts: async () => {
      gunzip.end();
      await done;
      return reader.facts();
    },
  };
}

function reasonOf(error: Error): NoAnswer {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (['ENOTFOUND', 'EAI_AGAIN'].includes(code)) return 'name not resolved';
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code);
  return isCertificate ? 'certificate not trusted' : 'no answer';
}
