/** One text per parameter, as in the `errors` map of a 400. */
export type ParameterErrors = Readonly<Record<string, string>>;

/**
 * An answer that is not 200. `message` is Proxmox's text without the trailing newline; the first
 * line becomes the reason phrase.
 */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors?: ParameterErrors,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** The 401 of a refused password: the only one with a JSON body (recordings c1). */
export class PasswordRefused extends ApiError {
  constructor() {
    super(401, 'authentication failure');
    this.name = 'PasswordRefused';
  }
}

/** The 501 of an endpoint that Proxmox has and the simulator has not; marked by a header. */
export class NotSimulated extends ApiError {
  constructor(endpoint: string) {
    super(501, `simulator: ${endpoint} is not implemented`);
    this.name = 'NotSimulated';
  }
}

/** Ends a call or a task with Proxmox's text: a 500 in a call, `TASK ERROR: <text>` in a task. */
export function fail(message: string): never {
  throw new ApiError(500, message);
}

/** Ends a call with 400 and one text per parameter. */
export function parameterError(errors: ParameterErrors): never {
  throw new ApiError(400, 'Parameter verification failed.', errors);
}

/** Ends a call with 403; `detail` stands in brackets, e.g. `/vms/100, VM.Audit`. */
export function permissionDenied(detail?: string): never {
  throw new ApiError(
    403,
    detail === undefined ? 'Permission check failed' : `Permission check failed (${detail})`,
  );
}

/** The text of anything thrown, without a trailing newline. */
export function errorText(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\n$/, '');
}
