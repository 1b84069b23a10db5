import { createServer, type ServerResponse } from 'node:http';

/** What the health endpoint tells. */
export interface WorkerHealth {
  /** The worker polls its task queue. */
  readonly healthy: boolean;
  /** The state in the SDK's words, e.g. RUNNING or DRAINING. */
  readonly state: string;
  readonly taskQueue: string;
  readonly identity: string;
  readonly runningActivities: number;
}

/** A health endpoint that is up. */
export interface HealthEndpoint {
  /** e.g. `http://127.0.0.1:9780/healthz` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `GET /healthz`: 200 while healthy, else 503, with the health as JSON; 404 for anything else.
 * Port 0: a free one. Rejects if the port is taken.
 */
export async function serveHealth(
  host: string,
  port: number,
  health: () => WorkerHealth,
): Promise<HealthEndpoint> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/healthz') {
      answer(response, 404, { error: 'GET /healthz is all there is' });
      return;
    }
    const told = health();
    answer(response, told.healthy ? 200 : 503, told);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host}:${listening}/healthz`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
