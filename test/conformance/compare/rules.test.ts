import { join } from 'node:path';
import { isObject, type Json } from '../json';
import { loadRecordings } from '../recording';
import { endpointOf } from './endpoint';
import { pathMatches, volatileRules, volatileShapes } from './rules';

/** Every value of every recorded answer, with its endpoint and path. */
function recordedValues(): { endpoint: string; path: string[]; value: Json }[] {
  const recordings = ['recordings', 'recordings-9'].flatMap((folder) =>
    loadRecordings(join(__dirname, '..', folder)),
  );
  return recordings.flatMap(({ exchanges }) =>
    exchanges.flatMap(({ request, answer }) => {
      const endpoint = endpointOf(request.path);
      const body = valuesOf(answer.body ?? null, []);
      const task = answer.task === undefined ? [] : valuesOf(answer.task, ['task']);
      return [...body, ...task].map(({ path, value }) => ({ endpoint, path, value }));
    }),
  );
}

function valuesOf(value: Json, path: string[]): { path: string[]; value: Json }[] {
  const children: [string, Json][] = Array.isArray(value)
    ? value.map((child, at) => [String(at), child])
    : isObject(value)
      ? Object.entries(value)
      : [];
  return [{ path, value }, ...children.flatMap(([step, child]) => valuesOf(child, [...path, step]))];
}

describe('the table of volatile values', () => {
  const values = recordedValues();

  test.each(volatileRules.map((rule) => [rule.reason, rule] as const))(
    'needs each of its rules: %s',
    (_reason, rule) => {
      const bound = values.filter(
        ({ endpoint, path, value }) =>
          rule.endpoint.test(endpoint) &&
          rule.paths.some((pattern) => pathMatches(pattern, path)) &&
          rule.shapes.some((shape) => shape.has(value)),
      );
      expect(bound.length).toBeGreaterThan(0);
    },
  );

  test('covers no name, state, configured size or text of an error', () => {
    const fixed = [
      ['/nodes/{node}/qemu/{vmid}/status/current', 'data.status'],
      ['/nodes/{node}/qemu/{vmid}/status/current', 'data.maxmem'],
      ['/nodes/{node}/qemu/{vmid}/config', 'data.memory'],
      ['/nodes/{node}/qemu/{vmid}/config', 'data.cpu'],
      ['/cluster/resources', 'data.0.status'],
      ['/nodes/{node}/tasks/{upid}/status', 'data.exitstatus'],
      ['/version', 'data.version'],
      ['/nodes/{node}/qemu/{vmid}/config', 'message'],
    ] as const;
    for (const [endpoint, path] of fixed) expect(volatileShapes(endpoint, path.split('.'))).toEqual([]);
  });

  test('leaves at most a third of all recorded values to their shape', () => {
    const leaves = values.filter(({ value }) => !isObject(value) && !Array.isArray(value));
    const counters = leaves.filter(({ path }) => path.includes('blockstat'));
    const others = leaves.filter(({ path }) => !path.includes('blockstat'));
    const volatile = others.filter(({ endpoint, path, value }) =>
      volatileShapes(endpoint, path).some((shape) => shape.has(value)),
    );
    expect(counters.length).toBeGreaterThan(0);
    expect(volatile.length / others.length).toBeLessThan(1 / 3);
  });
});
