/** A value as sent, before its schema is known: JSON numbers and booleans are written as text. */
export type RawValue = string | readonly string[] | { readonly unsupported: 'HASH' | 'ARRAY' };

/** Parameters of a call that passed the schema. Values are Proxmox's texts: `1`/`0` for booleans. */
export class Parameters {
  constructor(private readonly values: ReadonlyMap<string, string | readonly string[]>) {}

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** Names in the order they were sent, path parameters first. */
  names(): string[] {
    return [...this.values.keys()];
  }

  /** A text that the schema says is there. */
  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw new Error(`parameter ${name} is read as required but was not sent`);
    return value;
  }

  optionalText(name: string): string | undefined {
    const value = this.values.get(name);
    return typeof value === 'object' ? value.join(',') : value;
  }

  /** A whole number that the schema says is there. */
  integer(name: string): number {
    return Number(this.text(name));
  }

  optionalInteger(name: string): number | undefined {
    const value = this.optionalText(name);
    return value === undefined ? undefined : Number(value);
  }

  /** A boolean; `otherwise` when it was not sent. */
  flag(name: string, otherwise = false): boolean {
    const value = this.optionalText(name);
    return value === undefined ? otherwise : value === '1';
  }

  /** The parts of a list: separated by `,`, `;` or blanks, or an array. Empty when not sent. */
  list(name: string): string[] {
    const value = this.values.get(name);
    if (value === undefined) return [];
    return typeof value === 'string' ? splitList(value) : [...value];
  }
}

/** Splits Proxmox's `-list` texts (behaviour.md 1.2). */
export function splitList(text: string): string[] {
  return text.split(/[,;\s\0]+/).filter((part) => part !== '');
}
