import type { Flag } from '../cobra';

/** `1.13` of `v1.13.2`. */
function minorOf(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 0);
}

/** Whom to ask. Read in the references of talosctl 1.11 (all commands inherit them) and 1.13 (each has its own). */
export function clientFlags(version: string): readonly Flag[] {
  const isNew = minorOf(version) >= 13;
  return [
    { name: 'talosconfig', kind: 'string' },
    { name: 'context', kind: 'string' },
    { name: 'nodes', short: 'n', kind: 'list' },
    { name: 'endpoints', short: 'e', kind: 'list' },
    { name: 'cluster', ...(isNew ? { short: 'c' } : {}), kind: 'string' },
    ...(isNew ? [{ name: 'siderov1-keys-dir', kind: 'string' } as const] : []),
  ];
}

/** Since 1.13 the commands that ask nobody do not know whom to ask either. */
function inherited(version: string): readonly Flag[] {
  return minorOf(version) >= 13 ? [] : clientFlags(version);
}

const insecure: Flag = { name: 'insecure', short: 'i', kind: 'bool' };
const force: Flag = { name: 'force', short: 'f', kind: 'bool' };

const own: Readonly<Record<string, readonly Flag[]>> = {
  version: [
    { name: 'client', kind: 'bool' },
    { name: 'short', kind: 'bool' },
    { name: 'json', kind: 'bool' },
    insecure,
  ],
  'gen secrets': [
    force,
    { name: 'output-file', short: 'o', kind: 'string' },
    { name: 'talos-version', kind: 'string' },
    { name: 'from-controlplane-config', kind: 'string' },
    { name: 'from-kubernetes-pki', short: 'p', kind: 'string' },
    { name: 'kubernetes-bootstrap-token', short: 't', kind: 'string' },
  ],
  'gen config': [
    force,
    { name: 'additional-sans', kind: 'list' },
    { name: 'config-patch', kind: 'array' },
    { name: 'config-patch-control-plane', kind: 'array' },
    { name: 'config-patch-worker', kind: 'array' },
    { name: 'dns-domain', kind: 'string' },
    { name: 'install-disk', kind: 'string' },
    { name: 'install-image', kind: 'string' },
    { name: 'kubernetes-version', kind: 'string' },
    { name: 'output', short: 'o', kind: 'string' },
    { name: 'output-types', short: 't', kind: 'list' },
    { name: 'registry-mirror', kind: 'list' },
    { name: 'talos-version', kind: 'string' },
    { name: 'version', kind: 'string' },
    { name: 'with-cluster-discovery', kind: 'bool' },
    { name: 'with-docs', kind: 'bool' },
    { name: 'with-examples', kind: 'bool' },
    { name: 'with-kubespan', kind: 'bool' },
    { name: 'with-secrets', kind: 'string' },
  ],
  'apply-config': [
    insecure,
    { name: 'cert-fingerprint', kind: 'list' },
    { name: 'config-patch', short: 'p', kind: 'array' },
    { name: 'dry-run', kind: 'bool' },
    { name: 'file', short: 'f', kind: 'string' },
    { name: 'mode', short: 'm', kind: 'string' },
    { name: 'timeout', kind: 'duration' },
  ],
  get: [
    insecure,
    { name: 'namespace', kind: 'string' },
    { name: 'output', short: 'o', kind: 'string' },
    { name: 'watch', short: 'w', kind: 'bool' },
  ],
  bootstrap: [
    { name: 'recover-from', kind: 'string' },
    { name: 'recover-skip-hash-check', kind: 'bool' },
  ],
  health: [
    { name: 'control-plane-nodes', kind: 'list' },
    { name: 'worker-nodes', kind: 'list' },
    { name: 'init-node', kind: 'string' },
    { name: 'k8s-endpoint', kind: 'string' },
    { name: 'run-e2e', kind: 'bool' },
    { name: 'server', kind: 'bool' },
    { name: 'wait-timeout', kind: 'duration' },
  ],
  kubeconfig: [
    force,
    { name: 'force-context-name', kind: 'string' },
    { name: 'merge', short: 'm', kind: 'bool' },
  ],
  'etcd snapshot': [],
  'etcd members': [],
  'etcd remove-member': [],
  reset: [
    { name: 'debug', kind: 'bool' },
    { name: 'graceful', kind: 'bool' },
    { name: 'insecure', kind: 'bool' },
    { name: 'reboot', kind: 'bool' },
    { name: 'system-labels-to-wipe', kind: 'list' },
    { name: 'timeout', kind: 'duration' },
    { name: 'user-disks-to-wipe', kind: 'list' },
    { name: 'wait', kind: 'bool' },
    { name: 'wipe-mode', kind: 'string' },
  ],
};

const asksNobody = ['gen secrets', 'gen config'];

/** The flags of a command in a version. */
export function flagsOf(command: string, version: string): readonly Flag[] {
  const shared = asksNobody.includes(command) ? inherited(version) : clientFlags(version);
  return [...(own[command] ?? []), ...shared];
}
