import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import schema from '../../schemas/runbook-front-matter.schema.json';
import { shippedFolder } from '../../src/runbooks/catalogue';
import { isUsable } from '../../src/runbooks/problems';
import { checkText, kindsOf, renderText } from './support/runbooks';

const isAccepted = new Ajv({ strict: false }).compile(schema);
const body = '\n\n## Steps\n\n1. **Look** (human)\n   Well?\n';
const whole = (frontMatter: string) => `---\n${frontMatter}\n---${body}`;

describe('the front matter', () => {
  it.each([
    [
      'an unknown key',
      'name: a\ndescription: b\nrequire: [api]',
      'require is not a known key; did you mean requires?',
      '4:1',
    ],
    ['no name', 'description: b', 'name is missing', '2:1'],
    ['a wrong name', 'name: A b\ndescription: b', 'name is "A b"', '2:7'],
    ['an unknown type', 'name: a\ndescription: b\nimage_type: docker', 'image_type is "docker"', '4:13'],
    ['a list that is none', 'name: a\ndescription: b\nrequires: api', 'requires is "api"', '4:11'],
    [
      'a parameter of an unknown type',
      'name: a\ndescription: b\nparams:\n  x: { type: host }',
      'params.x.type is "host"',
      '5:14',
    ],
    [
      'a wrong key of a parameter',
      'name: a\ndescription: b\nparams:\n  x: { defualt: 1 }',
      'params.x.defualt is not a known key',
      '5:8',
    ],
    [
      'an unknown convention',
      'name: a\ndescription: b\nparams:\n  x: { from: defaults.disk }',
      'params.x.from is "defaults.disk"',
      '5:14',
    ],
    ['broken YAML', 'name: [a\ndescription: b', 'is not closed by a ]', '2:7'],
    ['a key twice', 'name: a\nname: b\ndescription: c', 'is given twice', '3:1'],
    [
      'a wrong checksum',
      'name: a\ndescription: b\nsource: { checksum: md5:1 }',
      'source.checksum is "md5:1"',
      '4:21',
    ],
  ])('%s: is named with its place', async (_what, text, message, place) => {
    const { problems } = await checkText(whole(text));
    const found = problems.filter(({ kind }) => kind === 'front-matter');
    const told = found.map((it) => `${it.line}:${it.column} ${it.message}; ${it.remedy}`);
    expect(told.filter((it) => it.startsWith(`${place} `) && it.includes(message))).toHaveLength(1);
  });

  it('is missed where it is not there', async () => {
    expect(kindsOf(await checkText(body))).toContain('front-matter');
  });

  it.each([
    ['', 'there is no front matter'],
    ['---\nname: a\ndescription: b\n', 'the front matter has no end'],
  ])('of %j is told how it is missed', async (start, message) => {
    const { problems } = await checkText(`${start}${body}`);
    expect(problems.filter(({ kind }) => kind === 'front-matter').map((it) => it.message)).toEqual([message]);
  });

  it.each([
    ['x: { default: a, required: true }', 'x is required and has a default'],
    ['x: { default: a, enum: [b, c] }', 'the default of x is none of its values'],
    ['x: { pattern: "(" }', 'the pattern of x is no regular expression'],
    ['nodes: { default: a }', 'nodes is a word of the language'],
  ])('a parameter %s is refused', async (parameter, message) => {
    const { problems } = await checkText(whole(`name: a\ndescription: b\nparams:\n  ${parameter}`));
    expect(problems.filter(({ kind }) => kind === 'bad-parameter').map((it) => it.message)).toEqual([
      message,
    ]);
  });

  it('gives parameters their defaults, or those of the configuration', async () => {
    const text = whole(
      'name: a\ndescription: b\nparams:\n  one: { default: 1, type: integer }\n  two: { from: defaults.storage, default: local }\n  three: { from: defaults.machine, default: q35 }\n  four: { required: false }\n  five: { type: list, default: [a, b] }',
    );
    expect((await renderText(text)).parameters).toEqual([
      { name: 'one', value: '1', from: 'default' },
      { name: 'two', value: 'local-lvm', from: 'configuration' },
      { name: 'three', value: 'q35', from: 'default' },
      { name: 'four', value: '', from: 'default' },
      { name: 'five', value: 'a,b', from: 'default' },
    ]);
    expect((await renderText(text, { two: 'fast' })).parameters[1]).toEqual({
      name: 'two',
      value: 'fast',
      from: 'given',
    });
  });

  it.each([
    ['integer, maximum: 9', '10', 'a number up to 9'],
    ['integer', '1.5', 'a whole number'],
    ['vmid', '99', 'a VMID'],
    ['size', '20 G', 'a size'],
    ['duration', '5', 'a duration'],
    ['boolean', 'maybe', 'true or false'],
    ['node', 'pve09', 'a node: pve01, pve02'],
    ['storage', 'a b', 'the name of a storage'],
    ['url', 'https://user:pw@x.example', 'without user and password'],
    ['string, enum: [a, b]', 'c', 'one of a, b'],
    ['string, pattern: "[a-z]+"', 'ab1', 'matches [a-z]+'],
  ])('a parameter of type %s is not %j', async (type, value, expected) => {
    const text = whole(`name: a\ndescription: b\nparams:\n  x: { type: ${type} }`);
    await expect(renderText(text, { x: value })).rejects.toThrow(expected);
  });
});

describe('the JSON Schema of the front matter', () => {
  const files = readdirSync(shippedFolder).filter((it) => it.endsWith('.md'));
  it.each(files)('accepts that of %s', (name) => {
    const [, yaml = ''] = readFileSync(join(shippedFolder, name), 'utf8').split(/^---$/m);
    expect(isAccepted(parse(yaml))).toBe(true);
  });

  it('refuses what the check refuses', async () => {
    for (const text of [
      'name: a',
      'name: a\ndescription: b\nrequire: []',
      'name: a\ndescription: b\nparams: { x: { type: host } }',
    ]) {
      expect(isAccepted(parse(text))).toBe(false);
      expect(isUsable((await checkText(whole(text))).problems)).toBe(false);
    }
  });
});
