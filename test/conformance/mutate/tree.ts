import { isObject, type Json } from '../json';

/** Steps from the top of a JSON value to a place in it. */
export type Path = readonly string[];

function childrenOf(value: Json): [string, Json][] {
  if (Array.isArray(value)) return value.map((child, at) => [String(at), child]);
  return isObject(value) ? Object.entries(value) : [];
}

/** Paths of all objects or lists for which `wanted` holds, the top included. */
export function containersOf(value: Json, wanted: (value: Json) => boolean): Path[] {
  const own: Path[] = wanted(value) ? [[]] : [];
  const below = childrenOf(value).flatMap(([step, child]) =>
    containersOf(child, wanted).map((path) => [step, ...path]),
  );
  return [...own, ...below];
}

/** Paths of all values that hold no others. */
export function leavesOf(value: Json): Path[] {
  const children = childrenOf(value);
  if (children.length === 0) return [[]];
  return children.flatMap(([step, child]) => leavesOf(child).map((path) => [step, ...path]));
}

/** A copy in which the value at `path` is replaced. */
export function edit(value: Json, path: Path, change: (value: Json) => Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((child, at) => (String(at) === step ? edit(child, rest, change) : child));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, key === step ? edit(child, rest, change) : child]),
  );
}
