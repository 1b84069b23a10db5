/** What the first problem of a broken file must say. `expected` and `message` are parts of the texts. */
export interface BrokenFile {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
  readonly expected: string;
  readonly nearest?: string;
}

function broken(
  file: string,
  [line, column]: readonly [number, number],
  path: string,
  message: string,
  expected: string,
  nearest?: string,
): BrokenFile {
  return {
    file: `${file}.yaml`,
    line,
    column,
    path,
    message,
    expected,
    ...(nearest === undefined ? {} : { nearest }),
  };
}

/** One entry a file of broken/; each holds exactly one problem. */
export const brokenFiles: readonly BrokenFile[] = [
  // Files that are no configuration
  broken('empty', [1, 1], '', 'is empty', 'the sections cluster and credentials'),
  broken('only-comments', [1, 1], '', 'is empty', 'the sections cluster and credentials'),
  broken('not-a-section', [1, 1], '', 'is a list', 'a section with the keys cluster, credentials'),
  // YAML
  broken('tab-indent', [2, 1], '', 'indented by a tab', 'spaces only'),
  broken('unclosed-quote', [9, 14], 'credentials.pass_path', 'the " here is not closed', 'a " at the end'),
  broken(
    'unclosed-bracket',
    [3, 10],
    'cluster.nodes',
    'the [ here is not closed by a ]',
    'a ] after the last',
  ),
  broken('unclosed-brace', [4, 7], 'cluster.nodes', 'the { here is not closed by a }', 'a } after the last'),
  broken('stray-brace', [4, 47], 'cluster.nodes', 'the } here closes nothing', 'as many closing'),
  broken('text-after-quote', [2, 19], 'cluster.name', 'more text where the value has ended', 'in quotes'),
  broken('wrong-indent', [2, 9], 'cluster.name', 'two keys on one line', 'one key: value a line'),
  broken('duplicate-key', [8, 3], 'cluster.name', 'is given twice', 'each key once'),
  broken('two-documents', [10, 1], '', 'a second document', 'one document a file'),
  broken('unknown-alias', [9, 14], 'credentials.pass_path', 'an alias', 'in quotes'),
  broken('unknown-tag', [9, 14], 'credentials.pass_path', 'an unknown tag', 'without the ! tag'),
  // Keys
  broken('missing-credentials', [1, 1], 'credentials', 'is missing', 'pass_path, file, environment'),
  broken('missing-host', [6, 7], 'cluster.nodes[1].host', 'is missing', 'a host name or IP address'),
  broken('no-nodes', [3, 10], 'cluster.nodes', 'is an empty list', 'a list of nodes'),
  broken('mistyped-section', [10, 1], 'limitz', 'is not a known key', 'one of the keys cluster', 'limits'),
  broken('mistyped-key', [5, 7], 'cluster.nodes[0].hots', 'is not a known key', 'name, host, port', 'host'),
  broken('mistyped-value', [8, 8], 'cluster.tls', 'is "insecur"', 'verify, insecure', 'insecure'),
  broken('empty-section', [10, 1], 'approval', 'has no value', 'expires_after, remind_every'),
  // The cluster
  broken('duplicate-node', [6, 13], 'cluster.nodes[1].name', 'is that of cluster.nodes[0] too', 'of its own'),
  broken(
    'duplicate-address',
    [8, 13],
    'cluster.nodes[1].host',
    'is that of cluster.nodes[0] too',
    'of its own',
  ),
  broken('host-with-scheme', [5, 13], 'cluster.nodes[0].host', 'is "https://', 'without https:// and port'),
  broken('name-with-slash', [2, 9], 'cluster.name', 'is "example/one"', 'letters, digits, dots'),
  broken('port-out-of-range', [3, 9], 'cluster.port', 'is 80060', 'a TCP port from 1 to 65535'),
  broken('port-as-text', [6, 13], 'cluster.nodes[0].port', 'is "8006"', 'a TCP port from 1 to 65535'),
  broken('short-fingerprint', [6, 20], 'cluster.nodes[0].fingerprint', 'is "AA:BB:CC"', '32 pairs'),
  broken('insecure-beside-ca', [9, 8], 'cluster.tls', 'is "insecure" although', 'verify, or no ca_file'),
  // Credentials
  broken('no-provider', [8, 1], 'credentials', 'names no place for the token', 'exactly one of pass_path'),
  broken('two-providers', [10, 3], 'credentials.file', 'is given beside pass_path', 'exactly one of'),
  broken(
    'secret-instead-of-variable',
    [11, 19],
    'credentials.environment.token_secret',
    'is not valid',
    'the name of an environment variable, never the secret itself',
  ),
  broken(
    'one-variable-twice',
    [11, 19],
    'credentials.environment.token_secret',
    'is the variable of token_id too',
    'another variable',
  ),
  broken('pass-option', [9, 14], 'credentials.pass_path', 'is not valid', 'an entry of the password store'),
  broken(
    'passphrase-option',
    [10, 22],
    'credentials.ssh_key_pass_path',
    'is not valid',
    'an entry of the password store',
  ),
  broken(
    'login-in-two-places',
    [12, 5],
    'credentials.root_login.file',
    'is given beside pass_path',
    'exactly one of pass_path, file',
  ),
  broken(
    'login-nowhere',
    [10, 3],
    'credentials.root_login',
    'names no place for the password',
    'exactly one of pass_path, file',
  ),
  broken('password-as-login', [10, 15], 'credentials.root_login', 'is not valid', 'pass_path, file'),
  // Units and bounds
  broken('duration-without-unit', [11, 16], 'migration.stall_after', 'is 300', 'a duration such as 30s'),
  broken('rate-in-wrong-unit', [11, 18], 'migration.network_speed', 'is "10Gb"', 'a rate such as 10Gbit/s'),
  broken('bandwidth-too-low', [11, 20], 'migration.bandwidth_limit', 'is "1kB/s"', 'at least 1KiB/s'),
  broken('no-concurrency', [11, 16], 'migration.concurrency', 'is 0', 'from 1 to 64'),
  broken('share-above-one', [11, 24], 'limits.target_memory_share', 'is 90', '90% or 0.9'),
  broken('same-ports', [12, 17], 'worker.metrics_port', 'is the health_port too', 'another port'),
  // Conventions
  broken('range-reversed', [11, 14], 'vmid_ranges.templates', 'is "999-100"', 'such as 100-999'),
  broken('range-too-low', [11, 14], 'vmid_ranges.templates', 'is "1-99"', 'from 100 to 999999999'),
  broken(
    'ranges-overlap',
    [12, 8],
    'vmid_ranges.vms',
    'overlaps vmid_ranges.templates',
    'without a common VMID',
  ),
  broken('tag-with-space', [11, 18], 'tags.talos[1]', 'is "two words"', 'a tag of letters'),
  broken('boolean-as-word', [11, 16], 'defaults.guest_agent', 'is "yes"', 'true or false'),
  broken(
    'unknown-controller',
    [11, 20],
    'defaults.scsi_controller',
    'is "virtio-scsi-singel"',
    'one of lsi',
    'virtio-scsi-single',
  ),
  broken(
    'relative-snippets',
    [11, 24],
    'cloudinit.vendor_snippet_path',
    'is "snippets/"',
    'an absolute folder',
  ),
];
