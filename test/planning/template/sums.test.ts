import { imageNameOf } from '../../../src/planning/template/imageName';
import { digestIn } from '../../../src/planning/template/sums';

const file = 'debian-13-genericcloud-amd64.qcow2';
const short = 'A1'.repeat(32);
const long = 'b2'.repeat(64);
const sha256 = { algorithm: 'sha256', digest: short.toLowerCase() };
const sha512 = { algorithm: 'sha512', digest: long };

test.each([
  ['GNU', `${long}  other.qcow2\n${short}  ${file}\n`, sha256],
  ['GNU, binary', `${short} *${file}\n`, sha256],
  ['GNU with a folder', `${short}  ./amd64/${file}\n`, sha256],
  ['GNU with Windows line ends', `${short}  ${file}\r\n`, sha256],
  ['BSD', `# ${file}: 398 bytes\nSHA512 (${file}) = ${long}\n`, sha512],
  ['both digests: the longer one', `${short}  ${file}\n${long}  ${file}\n`, sha512],
  [
    'a section for each digest',
    `# SHA1 HASH\n${'c'.repeat(40)}  ${file}\n# SHA512 HASH\n${long}  ${file}`,
    sha512,
  ],
  [
    'clear-signed',
    `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSHA256 (${file}) = ${short}\n-----BEGIN PGP SIGNATURE-----\n\niQ==\n`,
    sha256,
  ],
  ['the digest alone', `${long}\n`, sha512],
  ['the same digest twice', `${short}  ${file}\n${short.toLowerCase()}  ${file}\n`, sha256],
])('%s', (_form, text, expected) => {
  expect(digestIn(text, file)).toEqual(expected);
});

test.each([
  ['another file', `${short}  x${file}\n`],
  ['a name that only begins alike', `${short}  ${file}.asc\n`],
  ['a digest of another length', `${short.slice(2)}  ${file}\n`],
  ['a BSD line whose digest has not the length that it says', `SHA512 (${file}) = ${short}\n`],
  ['a web page', '<html><body>404</body></html>'],
])('%s is not taken for it', (_form, text) => {
  expect(digestIn(text, file)).toBeUndefined();
});

test('two digests of one kind are a contradiction, not a choice', () => {
  expect(digestIn(`${short}  ${file}\n${'d3'.repeat(32)}  ${file}\n`, file)).toBe('contradictory');
});

test.each([
  ['https://example.com/debian-13.qcow2', 'cloudinit', { format: 'qcow2' }],
  ['https://example.com/noble-server-cloudimg-amd64.img', 'cloudinit', { format: 'qcow2' }],
  ['https://example.com/sd.img.xz', 'raw', { format: 'raw', compression: 'xz' }],
  ['https://example.com/a/flatcar.qcow2.gz', 'qcow2', { format: 'qcow2', compression: 'gz' }],
  ['https://example.com/appliance.OVA', 'ova', { format: 'ova' }],
  ['https://example.com/debian.iso', 'iso', { format: 'iso' }],
] as const)('%s (%s) is known by its name', (url, type, expected) => {
  expect(imageNameOf(url, type)).toEqual({ file: url.slice(url.lastIndexOf('/') + 1), ...expected });
});

test('a name that says nothing is not guessed', () => {
  expect(imageNameOf('https://example.com/download', 'cloudinit')).toBeUndefined();
  expect(imageNameOf('https://example.com/image.tar.gz', 'cloudinit')).toBeUndefined();
});
