import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const flag = z.union([z.literal(0), z.literal(1), z.literal('0'), z.literal('1')]);
const numeric = z.union([z.number(), z.string()]).transform(Number);

/** A parameter's schema, as Proxmox publishes it. */
export interface ParameterSchema {
  readonly type?: string | undefined;
  readonly optional?: number | string | undefined;
  readonly format?: string | Readonly<Record<string, PropertySchema>> | undefined;
  readonly pattern?: string | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly requires?: string | undefined;
  readonly items?: ParameterSchema | undefined;
  readonly typetext?: string | undefined;
}

/** What a method answers, as far as its tables need it. */
export interface ReturnsSchema {
  readonly type?: string | undefined;
  readonly properties?: Readonly<Record<string, ReturnsSchema>> | undefined;
  readonly items?: ReturnsSchema | undefined;
  readonly optional?: number | string | undefined;
}

/** A key of a property string. */
export interface PropertySchema extends ParameterSchema {
  readonly default_key?: number | string | undefined;
  readonly alias?: string | undefined;
  readonly keyAlias?: string | undefined;
}

const parameterSchema: z.ZodType<PropertySchema> = z.lazy(() =>
  z.object({
    type: z.string().optional(),
    optional: flag.optional(),
    format: z.union([z.string(), z.record(z.string(), parameterSchema)]).optional(),
    pattern: z.string().optional(),
    /** null where the published schema lost a list that is only known at run time. */
    enum: z
      .array(z.union([z.string(), z.number()]).transform(String))
      .nullish()
      .transform((values) => values ?? undefined),
    minimum: numeric.optional(),
    maximum: numeric.optional(),
    minLength: numeric.optional(),
    maxLength: numeric.optional(),
    requires: z.string().optional(),
    items: parameterSchema.optional(),
    typetext: z.string().optional(),
    default_key: flag.optional(),
    alias: z.string().optional(),
    keyAlias: z.string().optional(),
  }),
);

const returnsSchema: z.ZodType<ReturnsSchema> = z.lazy(() =>
  z.object({
    type: z.string().optional().catch(undefined),
    properties: z.record(z.string(), returnsSchema).optional().catch(undefined),
    items: returnsSchema.optional().catch(undefined),
    optional: flag.optional().catch(undefined),
  }),
);

const methodSchema = z.object({
  method: z.string(),
  parameters: z.object({ properties: z.record(z.string(), parameterSchema).optional() }).optional(),
  permissions: z.object({ check: z.array(z.unknown()).optional(), user: z.string().optional() }).optional(),
  returns: returnsSchema.optional().catch(undefined),
  allowtoken: flag.optional(),
  protected: flag.optional(),
  /** null where a callback decides. */
  proxyto: z
    .string()
    .nullish()
    .transform((target) => (target === null ? 'callback' : target)),
});

/** One method of one path. */
export type MethodSchema = z.infer<typeof methodSchema>;

/** Every method of every path. */
export interface ApiSchema {
  /** `METHOD /path/{template}` of each. */
  readonly endpoints: readonly string[];
  /** Undefined where there is no such endpoint. */
  get(endpoint: string): MethodSchema | undefined;
}

const loaded = new Map<8 | 9, ApiSchema>();

/** The published schema of the API of this version; read once per process, and each method when it is asked for. */
export function loadApiSchema(major: 8 | 9): ApiSchema {
  const known = loaded.get(major);
  if (known !== undefined) return known;
  const file = path.join(__dirname, `schema-${major}.json`);
  const published = new Map(Object.entries(document.parse(JSON.parse(readFileSync(file, 'utf8')))));
  const read = new Map<string, MethodSchema>();
  const schema: ApiSchema = {
    endpoints: [...published.keys()],
    get(endpoint) {
      const before = read.get(endpoint);
      if (before !== undefined || !published.has(endpoint)) return before;
      const method = methodSchema.parse(published.get(endpoint));
      if (major === 9) addNewerParameters(endpoint, method);
      read.set(endpoint, method);
      return method;
    },
  };
  loaded.set(major, schema);
  return schema;
}

const document = z.record(z.string(), z.unknown());

/** Parameters that the recorded 9.2 takes and the published schema, some months older, does not know yet. */
const newerParameters: Readonly<Record<string, Readonly<Record<string, ParameterSchema>>>> = {
  'PUT /access/users/{userid}/token/{tokenid}': { regenerate: { type: 'boolean', optional: 1 } },
};

function addNewerParameters(endpoint: string, method: MethodSchema): void {
  const properties = method.parameters?.properties;
  if (properties !== undefined) Object.assign(properties, newerParameters[endpoint]);
}
