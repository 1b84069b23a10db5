import { createLoginProvider } from '../../../credentials/login';
import { version } from '../../../proxmox/api/node';
import { createTicketClient } from '../../../proxmox/tickets';
import { defaultNodePatienceMs, type CheckupDependencies } from '../deps';
import { factWithin, masked, type Fact } from './fact';
import type { SeenNode } from './seeNode';
import { silenceOf } from './silence';

/** How a login for a ticket went, and where its password is kept. Undefined: the configuration names none, so nobody logs in. */
export async function readLogin(
  { config, signal, nodePatienceMs: limitMs = defaultNodePatienceMs }: CheckupDependencies,
  seen: readonly SeenNode[],
): Promise<Fact<string> | undefined> {
  if (config.rootLogin === undefined) return undefined;
  const trusted = seen.filter(
    ({ certificate }) => certificate.known && certificate.value.distrust === undefined,
  );
  const [first] = trusted;
  if (first === undefined) {
    const isDistrusted = seen.some((node) => silenceOf(node) === undefined);
    return masked(
      isDistrusted
        ? { check: 'certificates', fault: 'no node that answers is trusted' }
        : { check: 'nodes', fault: 'no node answers' },
    );
  }
  const login = createLoginProvider(config.rootLogin);
  const nodes = trusted.map(({ node }) => node);
  const client = createTicketClient({ cluster: { ...config.cluster, nodes }, login });
  try {
    const patience = { node: first.node.name, limitMs, ...(signal === undefined ? {} : { signal }) };
    return await factWithin(patience, undefined, async (options) => {
      await version(client, options);
      return login.describe;
    });
  } finally {
    await client.close();
  }
}
