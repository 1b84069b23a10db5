/** Builds a path below `/api2/json` from a template: `apiPath`/nodes/${node}/qemu``, each value URL-encoded. */
export function apiPath(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return parts.reduce(
    (path, part, index) => `${path}${encodeURIComponent(String(values[index - 1] ?? ''))}${part}`,
  );
}
