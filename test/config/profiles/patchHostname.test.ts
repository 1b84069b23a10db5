import { setsHostname } from '../../../src/config/profiles/patchHostname';

test.each([
  ['a part of the configuration', 'machine: { network: { hostname: other } }'],
  ['the document of 1.12', 'machine: {}\n---\nkind: HostnameConfig\nhostname: other'],
  ['a JSON patch of the name', '- { op: add, path: /machine/network/hostname, value: other }'],
  ['a JSON patch of what holds it', '- { op: add, path: /machine/network, value: { hostname: other } }'],
  ['a JSON patch in JSON', '[{"op":"replace","path":"/machine","value":{"network":{"hostname":"other"}}}]'],
])('%s sets a host name', (_what, text) => {
  expect(setsHostname(text)).toBe(true);
});

test.each([
  ['other keys of the network', 'machine: { network: { nameservers: [10.5.0.1] } }'],
  ['a host name elsewhere', 'cluster: { hostname: other }\n---\nkind: Other\nhostname: other'],
  ['the document without a name', 'kind: HostnameConfig\nauto: stable'],
  ['a JSON patch that takes it away', '- { op: remove, path: /machine/network/hostname }'],
  ['a JSON patch of something below', '- { op: add, path: /machine/network/hostname/more, value: other }'],
  ['nothing', ''],
])('%s sets none', (_what, text) => {
  expect(setsHostname(text)).toBe(false);
});
