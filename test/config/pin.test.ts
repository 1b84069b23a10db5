import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replacePin } from '../../src/config/pin';
import { ManagerError } from '../../src/domain/errors';

const pinOf = (pair: string) => Array.from({ length: 32 }, () => pair).join(':');

describe('replacing the pin of a node', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pxm-pin-'));
    file = join(folder, 'cluster-config.yaml');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ['in double quotes', `"${pinOf('AB')}"`],
    ['in single quotes', `'${pinOf('ab')}'`],
    ['without colons and quotes', 'ab'.repeat(31) + 'cd'],
  ])('changes nothing else of a file that has it %s', (_how, written) => {
    const text = (pin: string) =>
      [
        '# ours',
        'cluster:   # of the house',
        '  name: lab',
        '  nodes:',
        '    - {name: pve01,   host: 10.0.0.1, fingerprint: "' + pinOf('11') + '"}   # first',
        '    - host: 10.0.0.2',
        `      fingerprint:   ${pin}   # second`,
        '      name: pve02',
        '',
        'credentials: {file: token}   # no newline at the end',
      ].join('\n');
    writeFileSync(file, text(written), { mode: 0o640 });
    replacePin(file, 'pve02', pinOf('CD'));
    expect(readFileSync(file, 'utf8')).toBe(text(`"${pinOf('CD')}"`));
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it('refuses where the file has no pin for the node, and leaves it as it is', () => {
    const text = 'cluster:\n  nodes:\n    - name: pve01\n      host: 10.0.0.1\n';
    writeFileSync(file, text);
    for (const node of ['pve01', 'pve09']) {
      expect(() => replacePin(file, node, pinOf('CD'))).toThrow(ManagerError);
    }
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
