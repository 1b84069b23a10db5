import fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import { controlActions } from './actions';
import type { SimulatorControl } from './control';
import { commandMatcherSchema } from './commands';
import { requestMatcherSchema } from './matcher';
import type { HoldOf } from './orders';

const holdInput = z.strictObject({
  matcher: requestMatcherSchema,
  moment: z.enum(['before handling', 'before answering']),
});
const commandHoldInput = z.strictObject({
  matcher: commandMatcherSchema,
  moment: z.enum(['before handling', 'before answering']),
});
const releaseInput = z.strictObject({ verdict: z.enum(['go on', 'drop']).default('go on') });
const requestQuery = z.object({ after: z.coerce.number().int().default(0) });
const waitQuery = z.object({ waitMs: z.coerce.number().int().min(0).max(60_000).default(0) });
const idParameters = z.object({ id: z.coerce.number().int() });

/** A control server that listens. */
export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The control interface over HTTP: loopback only, no login. `GET /` lists what there is. */
export async function startControlServer(control: SimulatorControl, port = 0): Promise<ControlServer> {
  const server = fastify();
  server.setErrorHandler((error, _request, reply) => {
    const text =
      error instanceof z.ZodError
        ? z.prettifyError(error)
        : error instanceof Error
          ? error.message
          : String(error);
    return reply.status(400).send({ error: text });
  });
  addActions(server, control);
  addHolds(server, control);
  addViews(server, control);
  const url = await server.listen({ host: '127.0.0.1', port });
  return { url, close: () => server.close() };
}

function addActions(server: FastifyInstance, control: SimulatorControl): void {
  for (const [name, action] of Object.entries(controlActions)) {
    server.post(`/actions/${name}`, async (request) => ({
      result: (await action.run(control, request.body ?? {})) ?? null,
    }));
  }
}

function addHolds(server: FastifyInstance, control: SimulatorControl): void {
  addHoldsUnder(server, '/holds', (body) => {
    const { matcher, moment } = holdInput.parse(body);
    return control.holdRequest(matcher, moment);
  });
  addHoldsUnder(server, '/command-holds', (body) => {
    const { matcher, moment } = commandHoldInput.parse(body);
    return control.holdCommand(matcher, moment);
  });
}

function addHoldsUnder(
  server: FastifyInstance,
  path: string,
  order: (body: unknown) => HoldOf<unknown>,
): void {
  const holds = new Map<number, HoldOf<unknown>>();
  const holdOf = (parameters: unknown): HoldOf<unknown> => {
    const { id } = idParameters.parse(parameters);
    const hold = holds.get(id);
    if (hold === undefined) throw new Error(`no hold ${id}`);
    return hold;
  };
  server.post(path, (request) => {
    const hold = order(request.body);
    holds.set(hold.id, hold);
    return { id: hold.id };
  });
  server.get(`${path}/:id`, async (request) => {
    const hold = holdOf(request.params);
    const { waitMs } = waitQuery.parse(request.query);
    const patience = new Promise((resolve) => setTimeout(resolve, waitMs));
    await Promise.race([hold.arrived, patience]);
    return { request: hold.request ?? null };
  });
  server.post(`${path}/:id/release`, (request) => {
    holdOf(request.params).release(releaseInput.parse(request.body ?? {}).verdict);
    return { result: null };
  });
}

function addViews(server: FastifyInstance, control: SimulatorControl): void {
  server.get('/', () => ({
    actions: Object.entries(controlActions).map(([name, { description }]) => ({ name, description })),
    views: [
      '/requests?after=<id>',
      '/guests',
      '/guests/<vmid>',
      '/volumes',
      '/tasks',
      '/nodes',
      '/clock',
      '/holds/<id>',
      '/command-holds/<id>',
      '/commands?after=<id>',
    ],
  }));
  server.get('/requests', (request) => {
    const { after } = requestQuery.parse(request.query);
    return control.requests().filter(({ id }) => id > after);
  });
  server.get('/commands', (request) => {
    const { after } = requestQuery.parse(request.query);
    return control.commands().filter(({ id }) => id > after);
  });
  server.get('/guests', () => control.guests());
  server.get('/guests/:id', (request) => control.guest(idParameters.parse(request.params).id));
  server.get('/volumes', () => control.volumes());
  server.get('/tasks', () =>
    control.cluster.tasks
      .all()
      .map(({ upid, running, exitStatus, lines }) => ({ upid, running, exitStatus, lines })),
  );
  server.get('/nodes', () => [...control.cluster.nodes.values()]);
  server.get('/clock', () => ({ now: control.cluster.clock.now(), speed: control.cluster.clock.speed }));
}
