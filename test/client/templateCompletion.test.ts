import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { templateReport } from '../domain/rendering/templateGiven';
import { pxm, temporaryFolder } from './support/cli';

const config = `cluster:
  name: lab
  nodes:
    - { name: pve01, host: 192.0.2.1 }
credentials:
  file: api-token
`;

const runbook = (name: string, imageType: string) =>
  `---\nname: ${name}\ndescription: For a test\nimage_type: ${imageType}\n---\n\n# ${name}\n`;

describe('completion of templates', () => {
  let printed: string[];

  beforeAll(() => {
    const folder = temporaryFolder();
    process.env['PXM_STATE_FOLDER'] = folder;
    process.env['PXM_CONFIG'] = join(folder, 'cluster-config.yaml');
    writeFileSync(join(folder, 'cluster-config.yaml'), config);
    mkdirSync(join(folder, 'runbooks'));
    mkdirSync(join(folder, 'reports'));
    const write = (name: string, text: string) => writeFileSync(join(folder, 'runbooks', name), text);
    write('zz-image.md', runbook('zz-image', 'qcow2'));
    write('zz-procedure.md', runbook('zz-procedure', 'none'));
    write('zz-unreadable.md', '---\nimage_type: [\n---\n');
    const report = JSON.stringify(templateReport({ name: 'zz-made' }));
    writeFileSync(join(folder, 'reports', 'one.json'), report);
  });
  beforeEach(() => {
    printed = [];
    jest.spyOn(console, 'log').mockImplementation((line: string) => printed.push(line));
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => {
    delete process.env['PXM_CONFIG'];
  });

  it.each([
    [
      ['template', ''],
      ['create', 'list', 'show', 'status', 'verify', 'refresh', 'retire', 'help'],
    ],
    [['template', 'create', 'zz'], ['zz-image']],
    [['template', 'create', 'ubuntu-24'], ['ubuntu-24.04']],
    [
      ['template', 'show', 'zz'],
      ['zz-image', 'zz-made'],
    ],
    [['template', 'refresh', 'zz-m'], ['zz-made']],
    [['template', 'create', 'zz-image', '--nodes', ''], ['pve01']],
    [
      ['runbook', 'run', 'zz'],
      ['zz-image', 'zz-procedure', 'zz-unreadable'],
    ],
  ])('after pxm %j offers %j', async (words, expected) => {
    expect(await pxm('complete', '--', ...words)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(printed.filter((line) => !line.startsWith(':')).map((line) => line.split('\t')[0] ?? '')).toEqual(
      expected,
    );
  });
});
