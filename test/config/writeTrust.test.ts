import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadClusterConfig } from '../../src/config/load';
import { writeCertificateAuthority, writePins } from '../../src/config/writeTrust';
import { ManagerError } from '../../src/domain/errors';

const pinOf = (pair: string) => Array.from({ length: 32 }, () => pair).join(':');

describe('writing what is trusted into a configuration', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pxm-trust-'));
    file = join(folder, 'cluster-config.yaml');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (lines: readonly string[], newLine = '\n') =>
    writeFileSync(file, lines.join(newLine), { mode: 0o640 });
  const read = () => readFileSync(file, 'utf8');

  const before = (extra: { readonly first?: string; readonly second?: string; readonly third?: string }) => [
    '# ours',
    'cluster:   # of the house',
    '  name:   lab   # short',
    '  nodes:',
    '    # the first',
    '    - name: pve01',
    '      host:  10.0.0.1   # rack 1',
    ...(extra.first === undefined ? [] : [extra.first]),
    '      # port: 8006',
    `    - { name: pve02, host: 10.0.0.2${extra.second ?? ''} }   # rack 2`,
    '    - host: "10.0.0.3"',
    ...(extra.third === undefined ? [] : [extra.third]),
    '      name: pve03',
    '',
    'credentials: {file: token}   # no newline at the end',
  ];

  it.each(['\n', '\r\n'])('adds fingerprints and changes nothing else (line end %j)', (newLine) => {
    write(before({}), newLine);
    writePins(file, [
      { node: 'pve03', fingerprint: pinOf('03') },
      { node: 'pve01', fingerprint: pinOf('01') },
      { node: 'pve02', fingerprint: pinOf('02') },
    ]);
    const after = before({
      first: `      fingerprint: "${pinOf('01')}"`,
      second: `, fingerprint: "${pinOf('02')}"`,
      third: `      fingerprint: "${pinOf('03')}"`,
    });
    expect(read()).toBe(after.join(newLine));
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(loadClusterConfig(file).cluster.nodes.map(({ fingerprint }) => fingerprint)).toEqual([
      pinOf('01'),
      pinOf('02'),
      pinOf('03'),
    ]);
  });

  it('adds the CA and writes it beside the configuration', () => {
    write(before({}));
    writeCertificateAuthority(file, 'a certificate\n');
    expect(readFileSync(join(folder, 'pve-root-ca.pem'), 'utf8')).toBe('a certificate\n');
    const expected = before({});
    expected.splice(3, 0, '  ca_file: pve-root-ca.pem');
    expect(read()).toBe(expected.join('\n'));
    writeFileSync(file, before({}).join('\n'));
    expect(() => writeCertificateAuthority(file, 'another certificate\n')).toThrow(/another file/);
    expect(read()).toBe(before({}).join('\n'));
  });

  it.each([
    [
      'no such node, but an alias',
      ['cluster:', '  name: lab', '  nodes: [&n {name: pve01, host: a}, *n]'],
      'pve02',
    ],
    ['no host', ['cluster: {name: lab, nodes: [{name: pve01}]}'], 'pve01'],
  ])('writes nothing where there is %s, and tells the line to write by hand', (_what, lines, node) => {
    write(lines);
    const attempt = () => writePins(file, [{ node, fingerprint: pinOf('AA') }]);
    expect(attempt).toThrow(ManagerError);
    expect(read()).toBe(lines.join('\n'));
  });
});
