/** The same keys, each optional and never undefined: what `exactOptionalPropertyTypes` asks for. */
type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The object without the entries that are undefined. */
export function present<T extends object>(entries: T): Present<T>;
export function present(entries: object): object {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}
