import type { PropertySchema } from '../schema/load';

/** The keys of a property string such as `virtio,bridge=vmbr0`. */
export type PropertyFormat = Readonly<Record<string, PropertySchema>>;

/** Splits a property string into keys and texts, aliases resolved; or says what is wrong with it. */
export function parsePropertyString(
  value: string,
  format: PropertyFormat,
): { readonly values: ReadonlyMap<string, string> } | { readonly complaint: string } {
  const values = new Map<string, string>();
  const defaultKey = Object.entries(format).find(([, schema]) => Number(schema.default_key ?? 0) === 1)?.[0];
  for (const part of value.split(',').map((text) => text.trim())) {
    if (part === '') continue;
    const [, key, text] = /^([^=]+)=(.*)$/.exec(part) ?? [];
    if (
      key !== undefined &&
      text !== undefined &&
      (format[key] !== undefined || defaultKey === undefined || /^[\w-]+$/.test(key))
    ) {
      setAliased(values, format, key, text);
    } else if (defaultKey !== undefined) {
      if (values.has(defaultKey))
        return { complaint: `duplicate key in comma-separated list property: ${defaultKey}` };
      values.set(defaultKey, part);
    } else {
      return { complaint: 'value without key, but schema does not define a default key' };
    }
  }
  return { values };
}

function setAliased(values: Map<string, string>, format: PropertyFormat, key: string, text: string): void {
  const schema = format[key];
  if (schema?.keyAlias !== undefined) values.set(schema.keyAlias, key);
  values.set(schema?.alias ?? key, text);
}
