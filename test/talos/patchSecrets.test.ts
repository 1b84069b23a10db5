import { Secret } from '../../src/domain/secret';
import { valuesInPatch } from '../../src/talos/patchSecrets';

const valuesOf = (patch: string) => valuesInPatch(new Secret(patch)).map((it) => it.reveal());

describe('the values of a patch that must not be shown', () => {
  test.each([
    [
      'a password in a registry',
      'machine: { registries: { config: { r: { auth: { password: hunter2 } } } } }',
    ],
    ['one in quotes', 'machine: { password: "hunter2" }'],
    ['one that is shared', 'x: &p hunter2\ny: { password: *p }'],
    ['one in a list', 'passwords: [hunter2]'],
    ['one below a name of a secret', 'auths: { some: { more: hunter2 } }'],
    ['the value of a JSON patch', '[{ "op": "add", "path": "/machine/env/PASS", "value": "hunter2" }]'],
    ['the value of a variable', 'env: [{ name: DB, value: hunter2 }]'],
    ['a line of a longer text', 'files: [{ path: /etc/key, content: "first\\n  hunter2\\n" }]'],
    ['one in the second document', 'a: 1\n---\npassword: hunter2'],
  ])('%s', (_title, patch) => {
    expect(valuesOf(patch)).toContain('hunter2');
  });

  test('numbers, apostrophes, binary, and what a parser shows of a longer value', () => {
    expect(valuesOf('passphrase: 12345678')).toContain('12345678');
    expect(valuesOf('password: 1234')).toContain('1234');
    expect(valuesOf(`password: "it's me"`)).toEqual(expect.arrayContaining(["it's me", "it''s me"]));
    expect(valuesOf('key: !!binary aGVsbG8gd29ybGQ=')).toContain('aGVsbG8gd29ybGQ=');
    expect(valuesOf('auth: dXNlcjpodW50ZXIy')).toContain('dXNlcjp...');
    expect(valuesOf('just-one-text')).toContain('just-one-text');
  });

  test('of what is no YAML every longer word', () => {
    expect(valuesOf('password: [hunter2hunter2')).toContain('hunter2hunter2');
    expect(valuesOf('a: "x\n  longer-word: {')).toContain('longer-word');
  });

  test('names, places and short words stay readable', () => {
    const patch =
      '[{ "op": "replace", "path": "/machine/network/hostname" }, { "kubelet": { "rotateKeys": "true", "disk": "sda" } }]';
    expect(valuesOf(patch)).toEqual([]);
    expect(valuesOf('')).toEqual([]);
  });
});
