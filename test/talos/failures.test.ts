import { Secret } from '../../src/domain/secret';
import { failureOf, talosctlFailures } from '../../src/talos/failures';
import { secretValues, shownWords } from '../../src/talos/words';

const prefix = 'rpc error: code = Unavailable desc = connection error: desc =';

/** What talosctl says (reference: Talos), and what it is for us. */
const said: readonly (readonly [text: string, code: string, failed: string])[] = [
  [
    'file "secrets.yaml" already exists, use --force to overwrite',
    'NotAsExpected',
    'the file is there already',
  ],
  [
    `error applying new configuration: ${prefix} "error reading server preface: remote error: tls: certificate required"`,
    ...(['NotAsExpected', 'the machine is configured already: it asks for a certificate'] as const),
  ],
  [
    `${prefix} "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"`,
    ...(['NotAsExpected', "the machine does not know this cluster's certificates"] as const),
  ],
  [
    'error executing bootstrap: rpc error: code = AlreadyExists desc = etcd data directory is not empty',
    ...(['NotAsExpected', 'etcd has data on this machine already'] as const),
  ],
  [
    'rpc error: code = FailedPrecondition desc = bootstrap is not available yet',
    ...(['NotAsExpected', 'the machine is not ready to be bootstrapped'] as const),
  ],
  [
    'rpc error: code = FailedPrecondition desc = time is not in sync yet',
    ...(['NotAsExpected', 'the machine is not ready to be bootstrapped'] as const),
  ],
  [
    'etcdserver: re-configuration failed due to not enough started members',
    ...(['NotAsExpected', 'etcd would lose its quorum: too few members would be left'] as const),
  ],
  ['unknown flag: --x', 'CommandFailed', 'this version of the tool does not know the call'],
  [
    'rpc error: code = InvalidArgument desc = configuration validation failed: 1 error occurred:\n\t* no disk',
    ...(['InputInvalid', 'the configuration is refused'] as const),
  ],
  [
    `${prefix} "transport: Error while dialing: dial tcp 10.5.0.11:50000: connect: no route to host"`,
    ...(['NodeUnreachable', 'the machine does not answer'] as const),
  ],
  ['something new', 'CommandFailed', 'it ended with exit code 1'],
];

test.each(said)('%s', (text, code, failed) => {
  const call = { attempted: 'run talosctl x on 10.5.0.11', said: text, kind: 'repeatable' } as const;
  const { problem } = failureOf(call, 1, talosctlFailures);
  expect(problem).toMatchObject({ code, failed, proxmoxSaid: text, attempted: call.attempted });
  expect(problem.remedy.length).toBeGreaterThan(20);
});

test('what may have been done is not repeated: a cut is an unknown outcome, a refusal to connect is not', () => {
  const once = (text: string) =>
    failureOf({ attempted: 'run talosctl bootstrap', said: text, kind: 'once' }, 1, talosctlFailures);
  expect(once('rpc error: code = Unavailable desc = error reading from server: EOF').code).toBe(
    'OutcomeUnknown',
  );
  expect(once('rpc error: code = DeadlineExceeded desc = context deadline exceeded').code).toBe(
    'OutcomeUnknown',
  );
  const refused = `${prefix} "dial tcp 10.5.0.11:50000: connect: connection refused"`;
  expect(once(refused).code).toBe('NodeUnreachable');
  const waiting = { attempted: 'run talosctl reset', said: refused, kind: 'once', waits: true } as const;
  expect(failureOf(waiting, 1, talosctlFailures).code).toBe('OutcomeUnknown');
  expect(once('words that nobody knows').code).toBe('OutcomeUnknown');
  expect(once('code = PermissionDenied').code).toBe('CommandFailed');
});

const secrets = `cluster:
    id: qWmR0kX9zT2uV5yB8nC1dE4fG7hJ3kLm6pQsAtUvWxY=
    secret: "Zx8cV1bN4mQ7wE2rT5yU9iO3pA6sD0fG1hJ4kL7zX2c="
trustdinfo:
    token: a1b2c3.d4e5f6a7b8c9d0e1
kind: worker
`;

test('secrets are cut out of what a tool said, in whatever form; addresses, paths and digests stay', () => {
  const values = secretValues(secrets);
  expect(values).toHaveLength(3);
  const key = Buffer.from('-----BEGIN ED25519 PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ7f\n').toString(
    'base64',
  );
  const text = [
    'failed to read /root/.local/state/proxmox-manager/talos/lab/staging/i1/work/machine-1: yaml: line 3',
    'token: a1b2c3.d4e5f6a7b8c9d0e1',
    `ca: {crt: short, key: ${key}}`,
    'of another cluster: /UqsGAyAgYhZAZWrbHFl/KWl3sai+K3aGrGyrALmZsY=',
    'said qWmR0kX9zT2uV5yB8nC1dE4fG7hJ3kLm6pQsAtUvWxY= of 10.5.0.11',
    '-----BEGIN PRIVATE KEY-----\nabcdef\n-----END PRIVATE KEY-----',
    'image sha256:7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730',
    'Usage:\n  talosctl apply-config [flags]',
  ].join('\n');
  const shown = shownWords(new Secret(text), values);
  expect(shown).not.toMatch(/UqsGAyAg|a1b2c3|qWmR0kX9|abcdef|LS0tLS1/);
  expect(shown).toContain('/root/.local/state/proxmox-manager/talos/lab/staging/i1/work/machine-1');
  expect(shown).toContain('of 10.5.0.11');
  expect(shown).toContain('7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730');
  expect(shown).not.toContain('Usage');
  expect(shownWords(new Secret('word '.repeat(1_000)), []).length).toBeLessThan(2_000);
});
