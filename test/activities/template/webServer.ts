import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a path answers: a text, or a status without one. */
export type Pages = Readonly<Record<string, string | number>>;

/** A web server on a free port that has these pages; everything else is not found. */
export async function serve(
  clean: (undo: () => unknown) => void,
  pages: Pages,
): Promise<{ readonly url: string }> {
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    const status = typeof page === 'string' ? 200 : (page ?? 404);
    response.writeHead(status).end(typeof page === 'string' ? page : '');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  clean(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${portOf(server.address())}` };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address.port;
}
