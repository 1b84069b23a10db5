import { z } from 'zod';
import type { RequestRecord } from './requests';

/** Which requests a hold or a fault is for. Everything given must fit. */
export const requestMatcherSchema = z.strictObject({
  method: z.string().optional().describe('GET, POST, PUT or DELETE.'),
  path: z
    .string()
    .optional()
    .describe('Path without /api2/json; `*` stands for one part, `**` for any number of parts.'),
  node: z.string().optional().describe('The contacted node.'),
  parameters: z
    .record(z.string(), z.string())
    .optional()
    .describe('Parameters that must have exactly these values.'),
  occurrence: z
    .number()
    .int()
    .min(1)
    .default(1)
    .describe('The first, second, ... matching request from now on.'),
  times: z
    .number()
    .int()
    .min(1)
    .default(1)
    .describe('How many matching requests in a row, from that one on.'),
});

/** What callers give: occurrence and times may be left out. */
export type RequestMatcher = z.input<typeof requestMatcherSchema>;

/** Counts what fits, and knows which of them are meant. */
export class MatchLimits {
  private count = 0;

  constructor(private readonly limits: { readonly occurrence: number; readonly times: number }) {}

  /** True once the last one that was meant has come. */
  get isSpent(): boolean {
    return this.count >= this.limits.occurrence + this.limits.times - 1;
  }

  /** Counts one more that fits; true if it is one of those meant. */
  protected counts(): boolean {
    this.count += 1;
    const { occurrence, times } = this.limits;
    return this.count >= occurrence && this.count < occurrence + times;
  }
}

/** Counts matching requests and says for which ones the order is meant. */
export class MatchCounter extends MatchLimits {
  private readonly matcher: z.infer<typeof requestMatcherSchema>;
  private readonly path: RegExp | undefined;

  constructor(given: RequestMatcher) {
    const matcher = requestMatcherSchema.parse(given);
    super(matcher);
    this.matcher = matcher;
    this.path = matcher.path === undefined ? undefined : pathPattern(matcher.path);
  }

  /** True if the request is one of those meant. Call it once a request. */
  meets(request: RequestRecord): boolean {
    return this.fits(request) && this.counts();
  }

  private fits(request: RequestRecord): boolean {
    const { method, node, parameters = {} } = this.matcher;
    if (method !== undefined && method !== request.method) return false;
    if (node !== undefined && node !== request.node) return false;
    if (this.path !== undefined && !this.path.test(request.path)) return false;
    return Object.entries(parameters).every(([name, value]) => request.parameters[name] === value);
  }
}

function pathPattern(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => {
      if (part === '**') return '.*';
      return part === '*' ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}$`);
}
