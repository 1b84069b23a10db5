import { authenticate, type Credentials } from '../access/authenticate';
import { checkSchemaPermissions } from '../access/permission-check';
import type { Identity } from '../access/state';
import { nodesConnected, type NodeState } from '../cluster/nodes';
import { privilegeContext, type ClusterState } from '../cluster/state';
import type { ApiSchema, MethodSchema } from '../schema/load';
import { ApiCall, type EndpointTable, type Handler } from './call';
import { ApiError, NotSimulated, parameterError } from './errors';
import type { RawValue } from './parameters';
import { reachNode, requirePvedaemon } from './reachability';
import type { ReadRequest } from './request';
import { Router, type Route } from './router';
import { validateParameters } from './validate';

/** How long a proxy waits for an answer (behaviour.md 1.5); the call itself goes on. */
const proxyPatienceSeconds = 30;

/** However fast the clock: else a busy machine's own delays would look like a slow cluster. */
const leastPatienceRealSeconds = 0.2;

/** The top of the API, which the published schema leaves out. */
const topIndex: MethodSchema = { method: 'GET', permissions: { user: 'all' }, proxyto: undefined };

const anonymous: Identity = { user: '', tokenId: undefined, authId: '', isRoot: false };

/** What the dispatcher learned of a request, for the request log. */
export interface DispatchNotes {
  authId?: string;
  endpoint?: string;
}

/** Executes requests in Proxmox's order of checks (behaviour.md 1.4). */
export class Dispatcher {
  private readonly router: Router;

  constructor(
    private readonly cluster: ClusterState,
    private readonly endpoints: EndpointTable,
    schema: ApiSchema,
  ) {
    this.router = new Router(new Map([...schema, ['GET /', topIndex]]));
  }

  /** The handler's result; throws what envelope.ts turns into an answer. */
  async dispatch(
    request: ReadRequest,
    contacted: NodeState,
    credentials: Credentials,
    notes: DispatchNotes,
  ): Promise<unknown> {
    const route = this.router.find(request.method, request.path);
    const identity =
      route?.schema.permissions?.user === 'world' ? anonymous : await this.identify(credentials);
    notes.authId = identity.authId;
    if (route === undefined)
      throw new ApiError(501, `Method '${request.method} ${request.path}' not implemented`);
    notes.endpoint = route.endpoint;
    const values = mergePathParameters(route, request.values);
    refuseTokenWhereTicketNeeded(route, identity, request.path);
    checkSchemaPermissions(route.schema, privilegeContext(this.cluster), identity, textsOf(values));
    const node = await this.executingNode(route, contacted, values);
    if (Number(route.schema.protected ?? 0) === 1) requirePvedaemon(node);
    const parameters = validateParameters(values, route.schema, { major: this.cluster.version.major });
    const handler = this.endpoints[route.endpoint];
    if (handler === undefined) throw new NotSimulated(route.endpoint);
    const call = new ApiCall(this.cluster, contacted, node, parameters, identity, route.endpoint);
    return this.withinPatience(this.execute(handler, call));
  }

  private async identify(credentials: Credentials): Promise<Identity> {
    try {
      return authenticate(this.cluster, credentials);
    } catch (error) {
      await this.cluster.clock.sleep(this.cluster.timings.authenticationFailureSeconds);
      throw error;
    }
  }

  private async executingNode(
    route: Route,
    contacted: NodeState,
    values: Map<string, RawValue>,
  ): Promise<NodeState> {
    const name = route.pathParameters.get('node');
    if (name === undefined || route.schema.proxyto === undefined) return contacted;
    const node = await reachNode(this.cluster, contacted, name);
    values.set('node', node.name);
    return node;
  }

  /** If the nodes lost each other meanwhile, the act is done and its answer never arrives. */
  private async execute(handler: Handler, call: ApiCall): Promise<unknown> {
    try {
      return await handler(call);
    } finally {
      if (!nodesConnected(call.contactedNode, call.node)) await new Promise(() => undefined);
    }
  }

  private async withinPatience(result: Promise<unknown>): Promise<unknown> {
    result.catch(() => undefined);
    let giveUp: () => void = () => undefined;
    const timeout = new Promise<never>((_, reject) => {
      giveUp = () => reject(new ApiError(596, 'Connection timed out'));
    });
    const { clock } = this.cluster;
    const timer = clock.after(Math.max(proxyPatienceSeconds, leastPatienceRealSeconds * clock.speed), giveUp);
    try {
      return await Promise.race([result, timeout]);
    } finally {
      timer.cancel();
    }
  }
}

function mergePathParameters(route: Route, sent: ReadonlyMap<string, RawValue>): Map<string, RawValue> {
  const values = new Map<string, RawValue>(route.pathParameters);
  for (const [name, value] of sent) {
    const inPath = route.pathParameters.get(name);
    if (inPath !== undefined && inPath !== value) {
      parameterError({ [name]: 'duplicate parameter (already defined in URI) with conflicting values!' });
    }
    values.set(name, value);
  }
  return values;
}

function refuseTokenWhereTicketNeeded(route: Route, identity: Identity, path: string): void {
  if (identity.tokenId === undefined || Number(route.schema.allowtoken ?? 1) === 1) return;
  throw new ApiError(
    403,
    `Permission check failed (URI '${path}' not available with API token, need proper ticket.\n)`,
  );
}

function textsOf(values: ReadonlyMap<string, RawValue>): Map<string, string> {
  const texts = [...values].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return new Map(texts);
}
