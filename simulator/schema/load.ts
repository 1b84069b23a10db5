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

/** `METHOD /path/{template}` -> schema. */
export type ApiSchema = ReadonlyMap<string, MethodSchema>;

const loaded = new Map<8 | 9, ApiSchema>();

/** The published schema of the API of this version; read once per process. */
export function loadApiSchema(major: 8 | 9): ApiSchema {
  const known = loaded.get(major);
  if (known !== undefined) return known;
  const file = path.join(__dirname, `schema-${major}.json`);
  const parsed = z.record(z.string(), methodSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
  const schema: ApiSchema = new Map(Object.entries(parsed));
  if (major === 9) addNewerParameters(schema);
  loaded.set(major, schema);
  return schema;
}

/** Parameters that the recorded 9.2 takes and the published schema, some months older, does not know yet. */
const newerParameters: Readonly<Record<string, Readonly<Record<string, ParameterSchema>>>> = {
  'PUT /access/users/{userid}/token/{tokenid}': { regenerate: { type: 'boolean', optional: 1 } },
};

function addNewerParameters(schema: ApiSchema): void {
  for (const [endpoint, parameters] of Object.entries(newerParameters)) {
    const properties = schema.get(endpoint)?.parameters?.properties;
    if (properties !== undefined) Object.assign(properties, parameters);
  }
}
