import { shownText } from '../../src/domain/runbook/text';
import { renderRunbook } from '../../src/runbooks/render/render';
import { checkText, renderText, shellParser, surroundings } from './support/runbooks';

const digest = 'ab'.repeat(32);
const F = '```';

function template(source: string, body: string): string {
  return `---
name: example
description: A template
image_type: qcow2
requires: [api]
source:
${source.replace(/^/gm, '  ')}
params:
  node: { type: node }
  url: { type: url, default: 'https://images.example/a.qcow2' }
  checksum: { default: 'sha256:${digest}' }
  machine: { type: vmid, default: 100 }
  keys: { from: cloudinit.ssh_keys, default: '' }
---

## Steps

1. **Do it** (API)
   ${F}http
   POST /nodes/{{node}}/x
${body.replace(/^/gm, '   ')}
   ${F}
`;
}

const image = 'url={{source_url}}\nalgorithm={{source_algorithm}}\ndigest={{source_digest}}';
const ofParameters = template("url: '{{url}}'\nchecksum: '{{checksum}}'", image);

async function sent(text: string, parameters: Readonly<Record<string, string>> = {}) {
  const { steps } = await renderText(text, { node: 'pve01', ...parameters });
  const action = steps[0]?.action;
  if (action?.type !== 'request') throw new Error('it is no request');
  return Object.fromEntries(action.parameters.map(({ name, value }) => [name, shownText(value)]));
}

describe('the source of a template', () => {
  it('may be parameters as a whole', async () => {
    expect((await checkText(ofParameters)).problems.map(({ kind }) => kind)).toEqual([
      'unused-parameter',
      'unused-parameter',
    ]);
    expect(await sent(ofParameters)).toEqual({
      ...{ url: 'https://images.example/a.qcow2', algorithm: 'sha256', digest },
    });
  });

  it('may have parameters in it', async () => {
    const text = template("url: https://images.example/{{machine}}/a.qcow2\nchecksum: '{{checksum}}'", image);
    expect(await sent(text, { machine: '321' })).toMatchObject({ url: 'https://images.example/321/a.qcow2' });
  });

  it.each(['', 'sha256:', 'md5:abc', `sha512:${digest}`, `sha256:${digest} `])(
    'is refused with the checksum %j',
    async (checksum) => {
      await expect(sent(ofParameters, { checksum })).rejects.toThrow('its checksum is');
    },
  );

  it('may be a virtual machine, on the node that the runbook names', async () => {
    const text = template("vmid: '{{machine}}'", 'vmid={{source_vmid}}\nnode={{source_node}}');
    expect(await sent(text, { machine: '123' })).toEqual({ vmid: '123', node: 'pve01' });
  });

  it.each([
    "url: 'http://'",
    "url: 'ftp://x/{{url}}'",
    "checksum: 'sha256:{{checksum}}'",
    "vmid: '{{machine}}1'",
  ])('is refused as %s', async (line) => {
    const { problems } = await checkText(template(line, 'a=b'));
    expect(problems.map(({ kind }) => kind)).toContain('front-matter');
  });
});

describe('a boolean', () => {
  it.each([
    ['true', '1'],
    ['no', '0'],
  ])('%s is %s to Proxmox, and its word to others', async (given, expected) => {
    const text = template("url: '{{url}}'\nchecksum: '{{checksum}}'", 'memory={{memory}}').replace(
      'params:\n',
      'params:\n  memory: { type: boolean }\n',
    );
    expect(await sent(text, { memory: given })).toEqual({ memory: expected });
    const elsewhere = text.replace('POST /nodes/{{node}}/x', 'POST https://service.example/x');
    expect(await sent(elsewhere, { memory: given })).toEqual({ memory: given === 'no' ? 'false' : given });
  });
});

describe('SSH keys of the configuration', () => {
  const text = template("url: '{{url}}'\nchecksum: '{{checksum}}'", 'sshkeys={{keys}}\nother={{keys}}');

  async function withKeys(keys: readonly string[]) {
    const sshKeys = () => keys;
    const { steps } = renderRunbook(
      await checkText(text),
      { parameters: { node: 'pve01' } },
      { ...surroundings, sshKeys },
      await shellParser(),
    );
    const action = steps[0]?.action;
    return action?.type === 'request' ? action.parameters : [];
  }

  it('are one a line, and encoded once more where Proxmox wants it', async () => {
    expect(await withKeys(['ssh-ed25519 AA+A/= ada@lab', 'ssh-rsa BB'])).toEqual([
      { name: 'sshkeys', value: ['ssh-ed25519%20AA%2BA%2F%3D%20ada%40lab%0Assh-rsa%20BB'] },
      { name: 'other', value: ['ssh-ed25519 AA+A/= ada@lab\nssh-rsa BB'] },
    ]);
  });

  it('are left out where there are none', async () => {
    expect(await withKeys([])).toEqual([{ name: 'other', value: [] }]);
    expect(await sent(text)).toEqual({ other: '' });
  });

  it('are not read where no parameter asks for them', async () => {
    const sshKeys = () => {
      throw new Error('the file is not there');
    };
    const plain = ofParameters.replace(/^ {2}keys: .*\n/m, '');
    const parameters = { node: 'pve01' };
    const parser = await shellParser();
    const rendered = renderRunbook(
      await checkText(plain),
      { parameters },
      { ...surroundings, sshKeys },
      parser,
    );
    expect(rendered.steps).toHaveLength(1);
  });
});
