import { createServer as createPlain, type RequestListener, type Server } from 'node:http';
import { createServer as createEncrypted } from 'node:https';
import { makeCertificates } from '../../../simulator/http/certificates';

/** A web server of a test, with files that it serves until it is closed. */
export interface WebServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly requests: string[];
  close(): Promise<void>;
}

/** Serves these files by path. */
export function serving(files: Readonly<Record<string, Buffer>>): RequestListener {
  return (request, response) => {
    const file = files[request.url ?? ''];
    if (file === undefined) response.writeHead(404).end();
    else
      response
        .writeHead(200, { 'Content-Length': file.length, 'Content-Type': 'application/x-image' })
        .end(file);
  };
}

/** Starts a web server; `encrypted` with a certificate that nobody trusts. */
export async function startWebServer(
  listener: RequestListener,
  { encrypted = false } = {},
): Promise<WebServer> {
  const requests: string[] = [];
  const counting: RequestListener = (request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    listener(request, response);
  };
  const server: Server = encrypted
    ? createEncrypted(await ownCertificate(), counting)
    : createPlain(counting);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the web server has no port');
  return {
    url: `${encrypted ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function ownCertificate(): Promise<{ readonly cert: string; readonly key: string }> {
  const certificates = await makeCertificates(['web'], undefined);
  const { certificatePem = '', keyPem = '' } = certificates.ofNode.get('web') ?? {};
  return { cert: certificatePem, key: keyPem };
}

/** The beginning of a qcow2 image whose disk has this size, and `more` bytes after it. */
export function qcow2Image(virtualSizeBytes: number, more = 100_000): Buffer {
  const header = Buffer.alloc(104);
  header.writeUInt32BE(0x514649fb, 0);
  header.writeUInt32BE(3, 4);
  header.writeBigUInt64BE(BigInt(virtualSizeBytes), 24);
  return Buffer.concat([header, Buffer.alloc(more, 7)]);
}
