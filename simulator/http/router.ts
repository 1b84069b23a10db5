import type { ApiSchema, MethodSchema } from '../schema/load';

/** A path and method that exist. */
export interface Route {
  /** `METHOD /path/{template}`. */
  readonly endpoint: string;
  readonly schema: MethodSchema;
  readonly pathParameters: ReadonlyMap<string, string>;
}

/** What lies directly below a path. */
export interface PathPart {
  readonly name: string;
  readonly methods: readonly string[];
  readonly hasParts: boolean;
}

interface Branch {
  readonly fixed: Map<string, Branch>;
  variable: { readonly name: string; readonly branch: Branch } | undefined;
  /** Method -> endpoint. */
  readonly methods: Map<string, string>;
}

/** The one path parameter that may contain slashes: a volume id, always the last part. */
const withSlashes = 'volume';

/** Finds methods by path. Path parts that vary match anything without blanks, as in Proxmox. */
export class Router {
  private readonly root = newBranch();

  constructor(private readonly schema: ApiSchema) {
    for (const endpoint of schema.endpoints) this.add(endpoint);
  }

  /** The route of a decoded path such as `/nodes/pve01/status`; undefined if there is none. */
  find(method: string, path: string): Route | undefined {
    let branch = this.root;
    const pathParameters = new Map<string, string>();
    const parts = partsOf(path);
    for (const [index, part] of parts.entries()) {
      const fixed = branch.fixed.get(part);
      if (fixed !== undefined) {
        branch = fixed;
      } else if (branch.variable?.name === withSlashes) {
        pathParameters.set(withSlashes, parts.slice(index).join('/'));
        branch = branch.variable.branch;
        break;
      } else if (branch.variable !== undefined && /^\S+$/.test(part)) {
        pathParameters.set(branch.variable.name, part);
        branch = branch.variable.branch;
      } else {
        return undefined;
      }
    }
    const endpoint = branch.methods.get(method);
    const schema = endpoint === undefined ? undefined : this.schema.get(endpoint);
    return endpoint === undefined || schema === undefined ? undefined : { endpoint, schema, pathParameters };
  }

  /** The fixed parts below a path, by name; undefined if nothing is there. */
  partsBelow(path: string): readonly PathPart[] | undefined {
    let branch: Branch | undefined = this.root;
    for (const part of partsOf(path)) branch = branch?.fixed.get(part) ?? branch?.variable?.branch;
    if (branch === undefined) return undefined;
    return [...branch.fixed]
      .map(([name, { fixed, variable, methods }]) => ({
        name,
        methods: [...methods.keys()],
        hasParts: fixed.size > 0 || variable !== undefined,
      }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  private add(endpoint: string): void {
    const [method = '', template = ''] = endpoint.split(' ');
    let branch = this.root;
    for (const part of partsOf(template)) branch = descend(branch, part);
    branch.methods.set(method, endpoint);
  }
}

function newBranch(): Branch {
  return { fixed: new Map(), variable: undefined, methods: new Map() };
}

function descend(branch: Branch, part: string): Branch {
  const name = /^\{(.+)\}$/.exec(part)?.[1];
  if (name === undefined) {
    const next = branch.fixed.get(part) ?? newBranch();
    branch.fixed.set(part, next);
    return next;
  }
  branch.variable ??= { name, branch: newBranch() };
  return branch.variable.branch;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}
