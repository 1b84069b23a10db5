import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveImage } from '../../../src/activities/template/source/resolveImage';
import type { ImageType, SourceRequest } from '../../../src/domain/template/source';
import { useCleanUp } from '../../proxmox/support';
import { makeSigner } from './signingKey';
import { serve, type Pages } from './webServer';

const clean = useCleanUp();
const file = 'debian-13.qcow2';
const digest = 'a1'.repeat(64);
const sums = `${digest}  ${file}\n${'0'.repeat(128)}  other.qcow2\n`;

async function resolved(pages: Pages, source: SourceRequest = {}, imageType: ImageType = 'cloudinit') {
  const { url } = await serve(clean, pages);
  const given = { url: `${url}/${file}`, checksums: `${url}/SHA512SUMS`, ...source };
  const full = { ...given, ...(source.signature && { signature: `${url}/${source.signature}` }) };
  return resolveImage(full, { imageType, folder: '/', signal: new AbortController().signal });
}

test('the digest of an image comes from the file of sums that names it', async () => {
  const image = await resolved({ '/SHA512SUMS': sums });
  expect(image).toEqual({
    kind: 'image',
    url: expect.stringMatching(/^http:.*\/debian-13\.qcow2$/) as string,
    algorithm: 'sha512',
    digest,
    vouchedBy: 'sums',
    format: 'qcow2',
  });
});

test('a digest that the runbook names is taken, and nothing is fetched', async () => {
  expect(await resolved({}, { checksum: `sha256:${'AB'.repeat(32)}` })).toMatchObject({
    algorithm: 'sha256',
    digest: 'ab'.repeat(32),
    vouchedBy: 'runbook',
  });
});

test.each([
  ['is not there', {}, 'the server answered 404'],
  ['does not name the image', { '/SHA512SUMS': 'nothing' }, 'does not name it'],
  ['names it with two digests', { '/SHA512SUMS': `${sums}${'f'.repeat(128)}  ${file}\n` }, 'two different'],
  ['is an image', { '/SHA512SUMS': 'x'.repeat(1024 * 1024 + 1) }, 'more than 1 MiB'],
  ['is broken on the server', { '/SHA512SUMS': 500 }, 'the server answered 500'],
])('a file of sums that %s is refused with what to do', async (_title, pages, said) => {
  await expect(resolved(pages)).rejects.toMatchObject({
    code: 'SourceUnusable',
    message: expect.stringContaining(said) as string,
    problem: { remedy: expect.stringMatching(/.{10}/) as string },
  });
});

test('a server that is not there is said so', async () => {
  const source = { checksums: 'http://127.0.0.1:1/SHA512SUMS' };
  await expect(resolved({}, source)).rejects.toMatchObject({ code: 'SourceUnusable' });
});

test.each([
  ['a password', 'https://user:secret@example.com/a.qcow2'],
  ['a signed query', 'https://example.com/a.qcow2?X-Amz-Signature=secret'],
  ['another scheme', 'file:///etc/passwd'],
])('an address with %s is refused, and not repeated', async (_title, url) => {
  const refused = resolved({}, { url });
  await expect(refused).rejects.toMatchObject({ code: 'InputInvalid' });
  await expect(refused).rejects.not.toThrow(/secret|passwd/);
});

test('a source without any digest is refused', async () => {
  const options = { imageType: 'cloudinit', folder: '/', signal: new AbortController().signal } as const;
  await expect(resolveImage({ url: 'https://example.com/a.qcow2' }, options)).rejects.toMatchObject({
    code: 'InputInvalid',
    problem: { remedy: 'Write checksums: or checksum: into source:.' },
  });
});

describe('signed sums', () => {
  test('are believed if the key that is named has signed them, detached or in the text', async () => {
    const signer = await makeSigner(clean);
    const key = signer.publicKeyFile;
    const detached = { '/SHA512SUMS': sums, '/SHA512SUMS.sign': await signer.detached(sums) };
    const expected = { digest, vouchedBy: 'signed sums', signedBy: signer.fingerprint };
    expect(await resolved(detached, { signature: 'SHA512SUMS.sign', key })).toMatchObject(expected);
    expect(await resolved({ '/SHA512SUMS': await signer.clear(sums) }, { key })).toMatchObject(expected);
  });

  test('are refused if they were changed, signed by another key, or not signed at all', async () => {
    const [signer, other] = [await makeSigner(clean), await makeSigner(clean, 'Somebody else')];
    const pages = { '/SHA512SUMS': sums, '/sig': await signer.detached(sums) };
    const key = signer.publicKeyFile;
    const changed = { ...pages, '/SHA512SUMS': sums.replaceAll('a1', 'a2') };
    const refused = async (what: Promise<unknown>, said: string) =>
      expect(what).rejects.toMatchObject({
        code: 'SourceUnusable',
        message: expect.stringContaining(said) as string,
      });
    await refused(resolved(changed, { signature: 'sig', key }), 'the signature is not of this text');
    await refused(resolved(pages, { signature: 'sig', key: other.publicKeyFile }), 'signed by another key');
    await refused(resolved({ '/SHA512SUMS': sums }, { key }), 'no signature');
    await refused(resolved({ ...pages, '/sig': 'rubbish' }, { signature: 'sig', key }), 'no signature');
    await refused(resolved(pages, { signature: 'sig', key: '/nowhere' }), "the key can't be read");
    await inKeyring(join(signer.publicKeyFile, '..'), async () => {
      await refused(resolved(pages, { signature: 'sig', key: 'A'.repeat(40) }), 'the keyring of this user');
      const { signedBy } = await resolved(pages, { signature: 'sig', key: signer.fingerprint });
      expect(signedBy).toBe(signer.fingerprint);
    });
  });

  test('count for what was signed only: text around a signed part is not read', async () => {
    const signer = await makeSigner(clean);
    const forged = `${'f'.repeat(128)}  ${file}\n`;
    const signed = await signer.clear(`${digest}  other.qcow2\n`);
    await expect(
      resolved({ '/SHA512SUMS': `${forged}${signed}${forged}` }, { key: signer.publicKeyFile }),
    ).rejects.toMatchObject({ message: expect.stringContaining('does not name it') as string });
  });

  test('leave no keyring behind', async () => {
    const homes = () => readdirSync(tmpdir()).filter((name) => name.startsWith('pxm-verify-'));
    const before = homes();
    const signer = await makeSigner(clean);
    await resolved({ '/SHA512SUMS': await signer.clear(sums) }, { key: signer.publicKeyFile });
    expect(homes().filter((name) => !before.includes(name))).toEqual([]);
  });
});

/** With this as the keyring of the user. */
async function inKeyring(home: string, act: () => Promise<void>): Promise<void> {
  const before = process.env['GNUPGHOME'];
  process.env['GNUPGHOME'] = home;
  try {
    await act();
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, 'GNUPGHOME');
    else process.env['GNUPGHOME'] = before;
  }
}
