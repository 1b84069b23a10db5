import type { Finding } from '../../../domain/checkup';
import type { CheckupFacts, NodeFacts } from '../facts/facts';
import { maskOfSilence, silenceOf } from '../facts/silence';
import { failed, notChecked, ok, warning } from '../finding';

/** What SSH is used for: evacuating needs none, so a missing login is no failure. */
const users = 'pxm bootstrap, pxm token rotate and runbooks with steps on nodes need it; evacuating does not';

/** Whether the host keys are those that are known, and whether a login works. */
export function checkSsh({ nodes }: CheckupFacts): Finding[] {
  return nodes.flatMap(judge);
}

function judge(facts: NodeFacts): Finding[] {
  const { ssh } = facts;
  const { name } = facts.node;
  if (ssh.state === 'works') {
    return [ok('hostKeys', name, 'its SSH host key is the known one'), loggedIn(name, ssh.hostName)];
  }
  if (ssh.state === 'hostKey') {
    const fault = `the host key of ${name} is not trusted`;
    return [hostKey(name, ssh), notChecked('ssh', name, { check: 'hostKeys', fault })];
  }
  const { code, failed: why, remedy } = ssh.problem;
  if (code === 'SshUnreachable' && silenceOf(facts) !== undefined) {
    const mask = maskOfSilence(name);
    return [notChecked('hostKeys', name, mask), notChecked('ssh', name, mask)];
  }
  return [warning('ssh', name, `no login by SSH: ${why} (${users})`, remedy)];
}

function hostKey(name: string, look: Extract<NodeFacts['ssh'], { readonly state: 'hostKey' }>): Finding {
  const { problem, sighting } = look;
  if (sighting?.verdict.status !== 'unknown') return failed('hostKeys', name, problem.failed, problem.remedy);
  const { fingerprint, key, keyType } = sighting;
  return warning(
    'hostKeys',
    name,
    `its SSH host key is not known: ${keyType} ${fingerprint} (${users})`,
    `Compare it on the node's console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\nOnly if it is the one shown, accept it: pxm doctor --fix`,
    { fix: { kind: 'acceptHostKey', node: name, fingerprint, key } },
  );
}

/** Names of one host have the same first part. */
function loggedIn(name: string, hostName: string): Finding {
  if (hostName.split('.')[0]?.toLowerCase() === name.toLowerCase())
    return ok('ssh', name, 'a login by SSH works');
  return failed(
    'ssh',
    name,
    `by SSH the host ${hostName} answers in its place`,
    `Correct the address of ${name} in cluster-config.yaml or ~/.ssh/config, or its host name: hostnamectl`,
  );
}
