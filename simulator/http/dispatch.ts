import { authenticate, type Credentials } from '../access/authenticate';
import { rootIdentity } from '../access/root';
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
import { Router, type PathPart, type Route } from './router';
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

/** A call that a command on a node makes. */
export interface LocalRequest {
  readonly method: string;
  /** Without a format: `/nodes/pve01/qemu`. */
  readonly path: string;
  readonly values: ReadonlyMap<string, RawValue>;
  /** Takes what the call prints. */
  readonly print: (line: string) => void;
}

/** Executes requests in Proxmox's order of checks (behaviour.md 1.4). */
export class Dispatcher {
  private readonly router: Router;
  private readonly schema: ApiSchema;

  constructor(
    private readonly cluster: ClusterState,
    private readonly endpoints: EndpointTable,
    schema: ApiSchema,
  ) {
    this.schema = schema;
    this.router = new Router({
      endpoints: [...schema.endpoints, 'GET /'],
      get: (endpoint) => (endpoint === 'GET /' ? topIndex : schema.get(endpoint)),
    });
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
      route?.schema.permissions?.user === 'world' ? anonymous : await this.identify(contacted, credentials);
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
    const { upload } = request;
    if (upload !== undefined) this.cluster.uploads.set(upload.temporaryPath, upload.file);
    const call = new ApiCall(this.cluster, contacted, node, parameters, identity, route.endpoint);
    return this.withinPatience(this.execute(handler, call));
  }

  /** The schema of an endpoint, `METHOD /path/{template}`, that exists in this version. */
  schemaOf(endpoint: string): MethodSchema {
    const schema = this.schema.get(endpoint);
    if (schema === undefined) throw new ApiError(501, `no handler for '${endpoint}'`);
    return schema;
  }

  /** What lies below a path; undefined if the path does not exist. */
  partsOf(path: string): readonly PathPart[] | undefined {
    return this.router.partsBelow(path);
  }

  /** The method that a path has, if it has it. */
  routeOf(method: string, path: string): Route | undefined {
    return this.router.find(method, path);
  }

  /**
   * The result of a call that a command on the node makes: as root@pam, in the process of the command, without pveproxy
   * and pvedaemon (behaviour.md 11). The method must exist.
   */
  async callLocally(request: LocalRequest, contacted: NodeState): Promise<unknown> {
    const route = this.router.find(request.method, request.path);
    if (route === undefined) throw new ApiError(501, `no handler for '${request.path}'`);
    const values = mergePathParameters(route, request.values);
    const name = route.pathParameters.get('node');
    const node = name === undefined ? contacted : await reachNode(this.cluster, contacted, name);
    if (name !== undefined) values.set('node', node.name);
    const parameters = validateParameters(values, route.schema, { major: this.cluster.version.major });
    const handler = this.endpoints[route.endpoint];
    if (handler === undefined) throw new NotSimulated(route.endpoint);
    const { endpoint } = route;
    return this.execute(
      handler,
      new ApiCall(this.cluster, node, node, parameters, rootIdentity, endpoint, request.print),
    );
  }

  private async identify(contacted: NodeState, credentials: Credentials): Promise<Identity> {
    try {
      return authenticate(this.cluster, contacted, credentials);
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
