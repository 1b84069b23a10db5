import type { ClusterConfig } from '../../config/clusterConfig';
import { knownHostsFile } from '../../config/paths';
import { replacePin } from '../../config/pin';
import type { Finding, Fix } from '../../domain/checkup';
import { printable } from '../../domain/rendering/text';
import { sshHostOf } from '../../activities/doctor/facts/seeNode';
import { createSsh } from '../../ssh/ssh';
import { connectClient, connectionSettings } from '../../temporal/connection';
import { ensureSearchAttributes } from '../../temporal/searchAttributes';
import { requireStateFolder } from '../processes/requireStateFolder';
import type { Session } from '../session';
import { choose } from '../view/prompt';
import type { Examination } from './examine';

/** A finding that can be mended here. */
interface Mendable extends Finding {
  readonly fix: Fix;
}

/**
 * Mends what is safe to mend, each thing after it was shown: a person at the terminal is asked about each; without one,
 * what trusts a key or a certificate needs its fingerprint in `accepted`. Returns the examination with what was mended; what these
 * faults have hidden is still hidden in it.
 */
export async function applyFixes(
  session: Session,
  examination: Examination,
  accepted: readonly string[],
): Promise<Examination> {
  const mended = new Map<Finding, Finding>();
  for (const finding of examination.findings.filter(isMendable)) {
    if (!isOurs(finding.fix, examination)) {
      session.output.note(`${finding.where}: only pxm on the machine of the worker can mend that.`);
    } else if (await isWanted(session, finding, accepted)) {
      const { check, where, fix } = finding;
      mended.set(finding, { check, where, status: 'ok', what: `mended: ${await apply(fix, examination)}` });
    }
  }
  return { ...examination, findings: examination.findings.map((it) => mended.get(it) ?? it) };
}

function isMendable(finding: Finding): finding is Mendable {
  return finding.fix !== undefined;
}

/** What a worker trusts is written down on its machine, which may be another one. */
function isOurs(fix: Fix, { via }: Examination): boolean {
  return fix.kind === 'registerSearchAttributes' || via === 'direct';
}

async function isWanted(
  session: Session,
  { fix, where, what }: Mendable,
  accepted: readonly string[],
): Promise<boolean> {
  const { interactive } = session.output;
  if (fix.kind === 'registerSearchAttributes') {
    if (!interactive) return true;
    return isAgreed(session, `${where}: ${what}. Register them there?`, 'yes, register them');
  }
  const { fingerprint } = fix;
  if (accepted.includes(fingerprint)) return true;
  if (interactive) {
    const question = `${where}: ${what}. Trust ${fingerprint}?`;
    return isAgreed(session, question, 'yes, I have compared it on the console');
  }
  session.output.note(
    `${where}: if ${fingerprint} is what its console shows: pxm doctor --fix --accept ${fingerprint}`,
  );
  return false;
}

/** Asks the person at the terminal; a stray Enter leaves it as it is. */
async function isAgreed(session: Session, question: string, yes: string): Promise<boolean> {
  const choices = [
    { value: 'accept', name: yes },
    { value: 'leave', name: 'no, leave it' },
  ] as const;
  return (await choose(session, printable(question), choices, () => Promise.resolve(true))) === 'accept';
}

async function apply(fix: Fix, { config }: Examination): Promise<string> {
  switch (fix.kind) {
    case 'registerSearchAttributes':
      return registerSearchAttributes();
    case 'replacePin': {
      const { file } = nodeOf(config, fix.node).config;
      replacePin(file, fix.node, fix.fingerprint);
      return `${file} has the new fingerprint of ${fix.node}; pxm up starts the worker of this machine anew with it`;
    }
    case 'acceptHostKey': {
      const { node, config: known } = nodeOf(config, fix.node);
      requireStateFolder();
      const file = knownHostsFile();
      const ssh = createSsh({ ownKnownHostsFile: file });
      try {
        await ssh.acceptHostKey(sshHostOf(node, known.sshUser), { key: fix.key });
      } finally {
        ssh.close();
      }
      return `${file} has the host key of ${fix.node}`;
    }
  }
}

/** A finding about a node comes from a configuration that has it. */
function nodeOf(config: ClusterConfig | undefined, name: string) {
  const node = config?.cluster.nodes.find((it) => it.name === name);
  if (config === undefined || node === undefined) throw new Error(`no node ${name}`);
  return { node, config };
}

async function registerSearchAttributes(): Promise<string> {
  const server = await connectClient(await connectionSettings());
  try {
    const names = await ensureSearchAttributes(server.connection, server.namespace);
    return `the namespace ${server.namespace} has the search attributes ${names.join(', ')}`;
  } finally {
    await server.close();
  }
}
