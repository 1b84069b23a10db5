/** JSON as Proxmox's tools print it: one line, keys in order. */
export function compactJson(value: unknown): string {
  return JSON.stringify(inOrder(value));
}

/** The same over several lines, three blanks deeper at each level, with blanks round the colon. */
export function prettyJson(value: unknown, indent = ''): string {
  const deeper = `${indent}   `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    const items = value.map((item) => deeper + prettyJson(item, deeper));
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  if (entries.length === 0) return '{}';
  const lines = entries
    .sort(byKey)
    .map(([key, member]) => `${deeper}${JSON.stringify(key)} : ${prettyJson(member, deeper)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => inOrder(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(byKey)
      .map(([key, member]) => [key, inOrder(member)]),
  );
}

function byKey([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** A value as a cell or after a key: plain values as they are, all else as JSON, nothing for what is not there. */
export function plainText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : compactJson(value);
}
