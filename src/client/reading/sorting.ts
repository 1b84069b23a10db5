/** What a row is sorted by; undefined comes last in either direction. */
type SortValue<Row> = (row: Row) => string | number | undefined;

/** The keys that rows can be sorted by: texts rise, figures fall. */
export type SortKeys<Row> = Readonly<
  Record<string, { readonly value: SortValue<Row>; readonly largestFirst?: boolean }>
>;

/** The rows, sorted by a key; rows that are alike stay as they were. */
export function sorted<Row>(
  rows: readonly Row[],
  keys: SortKeys<Row>,
  key: string,
  reverse: boolean,
): readonly Row[] {
  const by = keys[key];
  if (by === undefined) return rows;
  const direction = (by.largestFirst === true) === reverse ? 1 : -1;
  return rows.toSorted((one, other) => compare(by.value(one), by.value(other), direction));
}

function compare(
  one: string | number | undefined,
  other: string | number | undefined,
  direction: 1 | -1,
): number {
  if (one === undefined || other === undefined)
    return Number(one === undefined) - Number(other === undefined);
  if (typeof one === 'number' && typeof other === 'number') return direction * (one - other);
  return direction * String(one).localeCompare(String(other), undefined, { numeric: true });
}
