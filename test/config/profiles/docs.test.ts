import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { z } from 'zod';
import { describeConfigProblems } from '../../../src/config/problems';
import { readProfile } from '../../../src/config/profiles/read';
import { clusterProfileFile } from '../../../src/config/profiles/schema';
import profileSchema from '../../../schemas/cluster-profile.schema.json';
import { config } from './configs';

const root = join(__dirname, '../../..');
const page = readFileSync(join(root, 'docs/cluster-profiles.md'), 'utf8');

/** What stands for the names of a record's entries on the page. */
const placeholders: Readonly<Record<string, string>> = { roles: '<role>', machines: '<number>' };

/** Every key that holds a value, by its path as the page writes it. */
function leavesOf(schema: unknown, path = ''): [path: string, schema: z.ZodType][] {
  if (schema instanceof z.ZodExactOptional) return leavesOf(schema.unwrap(), path);
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, unknown>> = schema.shape;
    const prefix = path === '' ? '' : `${path}.`;
    return Object.entries(shape).flatMap(([key, inside]) => leavesOf(inside, `${prefix}${key}`));
  }
  if (schema instanceof z.ZodRecord) {
    const key = path.split('.').at(-1) ?? '';
    return leavesOf(schema.valueType, `${path}.${placeholders[key] ?? ''}`);
  }
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodObject) {
    return leavesOf(schema.element, `${path}[]`);
  }
  return schema instanceof z.ZodType ? [[path, schema]] : [];
}

const leaves = new Map(leavesOf(clusterProfileFile));
const rows = [
  ...page.matchAll(
    /^\| `(?<key>[^`]+)` \| (?<type>[^|]+) \| (?<preset>[^|]+) \| `(?<example>[^`]+)` \| (?<meaning>.+) \|$/gm,
  ),
].map(({ groups = {} }) => ({ key: groups['key'] ?? '', example: groups['example'] ?? '' }));

describe('docs/cluster-profiles.md', () => {
  it('has a row for every key, and for no other', () => {
    expect(rows.map(({ key }) => key).sort()).toEqual([...leaves.keys()].sort());
    expect(rows.length).toBeGreaterThan(40);
  });

  it.each(rows)('has an example for $key that is valid: $example', ({ key, example }) => {
    const problem = leaves.get(key)?.safeParse(parse(example)).error;
    expect(problem).toBeUndefined();
  });

  it('has a short profile that is valid', () => {
    const text = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const file = join(root, 'clusters/web.yaml');
    expect(describeConfigProblems(readProfile({ text, file, config }).problems)).toBe('');
  });
});

describe('schemas/cluster-profile.schema.json', () => {
  const isAccepted = new Ajv().compile(profileSchema);
  const accepts = (file: string) => isAccepted(parse(readFileSync(file, 'utf8')));

  it.each(['k3s-dev', 'plain-lab', 'talos-staging'])('accepts the shipped profile %s', (name) => {
    expect(accepts(join(root, 'clusters', `${name}.yaml`))).toBe(true);
  });

  it.each([
    'missing-roles',
    'mistyped-key',
    'mistyped-type',
    'role-in-capitals',
    'template-by-vmid',
    'no-machines',
    'memory-in-decimal-units',
    'no-endpoint',
    'two-endpoints',
  ])('refuses %s', (name) => {
    expect(accepts(join(__dirname, 'broken', `${name}.yaml`))).toBe(false);
  });
});
