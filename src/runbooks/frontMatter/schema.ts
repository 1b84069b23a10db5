import { z } from 'zod';
import { listOf, oneOf, section, text, yesOrNo } from '../../config/fields';

/** What a runbook makes: a template from an image of this kind, or nothing of the sort. */
export const imageTypes = ['cloudinit', 'iso', 'qcow2', 'raw', 'vmdk', 'ova', 'none'] as const;

/** What a parameter may be. */
export const parameterTypes = [
  'string',
  'integer',
  'boolean',
  'size',
  'duration',
  'node',
  'storage',
  'vmid',
  'url',
  'list',
] as const;
/** One of the types. */
export type ParameterType = (typeof parameterTypes)[number];

/** Keys of cluster-config.yaml that a parameter can have its default from. */
export const conventionKeys = [
  'cluster.name',
  'defaults.storage',
  'defaults.network_bridge',
  'defaults.bios',
  'defaults.machine',
  'defaults.cpu',
  'defaults.scsi_controller',
  'cloudinit.default_user',
  'cloudinit.ssh_keys_source',
  'cloudinit.ssh_keys',
  'cloudinit.vendor_snippet_path',
  'ansible.fleet_infra_path',
  'ansible.inventory',
] as const;

const name = /^[a-z][a-z0-9_]{0,40}$/;
const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'a text, a number, true or false' });
const address = text(
  'an https address, or the {{parameter}} that is one',
  /^(https?:\/\/[^\s@]+|\{\{[a-z]\w*\}\}[^\s@]*)$/,
);

const parameter = section({
  description: text('a text of one line').exactOptional().describe('What it is for.'),
  type: oneOf(parameterTypes).exactOptional().describe('Default string.'),
  required: yesOrNo()
    .exactOptional()
    .describe('Whether it has to be given. Default: yes where there is no default.'),
  default: z
    .union([scalar, z.array(scalar)], { error: 'a text, a number, true, false or a list' })
    .exactOptional()
    .describe('Its value unless another is given.'),
  from: oneOf(conventionKeys)
    .exactOptional()
    .describe('The key of cluster-config.yaml that gives its default.'),
  enum: listOf('a list of the values that are allowed', scalar)
    .exactOptional()
    .describe('The allowed values.'),
  pattern: text('a regular expression').exactOptional().describe('What the whole value has to match.'),
  minimum: z.number({ error: 'a number' }).exactOptional().describe('The least allowed number.'),
  maximum: z.number({ error: 'a number' }).exactOptional().describe('The greatest allowed number.'),
});

const source = section({
  url: address.exactOptional().describe('Where the image is; {{parameters}} are put in.'),
  checksum: text(
    'sha256:<64 digits> or sha512:<128 digits>, in hexadecimal, or the {{parameter}} that is one',
    /^(sha256:[0-9a-fA-F]{64}|sha512:[0-9a-fA-F]{128}|\{\{[a-z]\w*\}\})$/,
  )
    .exactOptional()
    .describe("The image's digest."),
  checksums: address.exactOptional().describe('A SHA256SUMS or SHA512SUMS file that names the image.'),
  signature: address.exactOptional().describe('Detached GPG signature of the checksums file.'),
  key: text('the path of a public key, or its fingerprint').exactOptional().describe('GPG key that signs.'),
  compression: oneOf(['gz', 'xz', 'zst', 'bz2']).exactOptional().describe('How the image is packed.'),
  vmid: z
    .union([z.int(), z.string().regex(/^\{\{[a-z]\w*\}\}$/)], {
      error: 'a VMID, or the {{parameter}} that is one',
    })
    .exactOptional()
    .describe('An existing VM to make the template of.'),
  schematic: text('a schematic of the Talos image factory, or the {{parameter}} that is one')
    .exactOptional()
    .describe('Talos image factory.'),
}).meta({ title: 'where the image comes from' });

/** The front matter of a runbook, as it is written. */
export const frontMatterSchema = section({
  name: text(
    'a name of small letters, digits, hyphens and dots',
    /^(?!.*\.md$)[a-z0-9][a-z0-9.-]{0,60}$/,
  ).describe("The runbook's name: that of its file without .md."),
  description: text('a text of one line').describe('What the procedure does, in one line.'),
  image_type: oneOf(imageTypes)
    .exactOptional()
    .describe('What kind of image a template is made of. Default none.'),
  requires: z
    .array(text('a word such as api, ssh, or the name of a program', /^[A-Za-z0-9][\w.+-]*$/), {
      error: 'a list, such as [api, ssh]',
    })
    .exactOptional()
    .describe('api, ssh, and the programs that are not on every system.'),
  params: z
    .record(z.string().regex(name, { error: 'a name of small letters, digits and _' }), parameter, {
      error: 'a section of parameters by name',
    })
    .exactOptional()
    .describe('The parameters by name. Without it the list "Parameters" of the text counts.'),
  secrets: z
    .record(z.string().regex(name, { error: 'a name of small letters, digits and _' }), text('what it is'), {
      error: 'a section of names with what each is',
    })
    .exactOptional()
    .describe('Secrets that steps ask for with {{secret:name}}, each with what it is.'),
  source: source.exactOptional().describe('Of a template: where its image comes from.'),
  tested_with: z
    .array(z.union([z.string(), z.number()], { error: 'a version of Proxmox VE, such as "9.2"' }), {
      error: 'a list of versions',
    })
    .exactOptional()
    .describe('Versions of Proxmox VE that it was run on. Others are warned of.'),
}).meta({ title: 'front matter of a proxmox-manager runbook' });

/** A front matter that passed the schema. */
export type FrontMatter = z.output<typeof frontMatterSchema>;
