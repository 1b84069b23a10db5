import { parseAllDocuments, stringify } from 'yaml';
import { ManagerError, problem } from '../domain/errors';
import { Secret } from '../domain/secret';
import type { TalosClusterPlan, TalosMachinePlan } from '../domain/talos/machine';

/**
 * What a machine's network needs beside what the image does by itself: its static address, the address that the control
 * planes share, name servers. Undefined: nothing. It goes before the profile's own patches, which may add to it.
 */
export function networkPatch(cluster: TalosClusterPlan, machine: TalosMachinePlan): string | undefined {
  const sharesEndpoint = cluster.virtualAddress && machine.kind === 'controlPlane';
  const isStatic = machine.network !== undefined;
  const cards = isStatic || sharesEndpoint ? { interfaces: [cardOf(cluster, machine, sharesEndpoint)] } : {};
  const { servers = [], searchDomain } = cluster.dns ?? {};
  const network = {
    ...cards,
    ...(servers.length === 0 ? {} : { nameservers: servers }),
    ...(searchDomain === undefined ? {} : { searchDomains: [searchDomain] }),
  };
  return Object.keys(network).length === 0 ? undefined : stringify({ machine: { network } });
}

function cardOf(cluster: TalosClusterPlan, machine: TalosMachinePlan, sharesEndpoint: boolean): object {
  const { network, macAddress } = machine;
  const addresses =
    network === undefined
      ? { dhcp: true }
      : {
          dhcp: false,
          addresses: [`${machine.address}/${network.prefixLength}`],
          ...(network.gateway === undefined
            ? {}
            : { routes: [{ network: '0.0.0.0/0', gateway: network.gateway }] }),
        };
  return {
    deviceSelector:
      macAddress === undefined ? { physical: true } : { hardwareAddr: macAddress.toLowerCase() },
    ...addresses,
    ...(sharesEndpoint ? { vip: { ip: cluster.endpoint } } : {}),
  };
}

/**
 * The same configuration with the machine's name as its host name. Throws InputInvalid where a patch has set another one: etcd
 * and Kubernetes would know it by that, and what is left of it there would be looked for in vain. Since 1.12 `gen config`
 * adds a document HostnameConfig with `auto: stable`, which no patch can take away (talos issue 12573): a host name
 * beside it, there or under machine.network, is refused by the machine.
 */
export function withHostname(configuration: Secret, name: string): Secret {
  const parts = [...parseAllDocuments(configuration.reveal())];
  const main = parts.find((part) => part.has('machine'));
  if (main === undefined || parts.some(({ errors }) => errors.length > 0)) throw unreadable();
  const own = parts.find((part) => part.get('kind') === 'HostnameConfig');
  const given = own?.get('hostname') ?? main.getIn(['machine', 'network', 'hostname']);
  if (given !== undefined && given !== null && given !== name) throw otherName(name);
  if (own === undefined) {
    main.setIn(['machine', 'network', 'hostname'], name);
  } else {
    main.deleteIn(['machine', 'network', 'hostname']);
    own.delete('auto');
    own.set('hostname', name);
  }
  return new Secret(parts.map((part) => stringify(part.toJS(), { lineWidth: 0 })).join('---\n'));
}

function otherName(name: string): ManagerError {
  return new ManagerError(
    problem('InputInvalid', {
      attempted: `make the configuration of ${name}`,
      failed: 'a patch sets another host name',
      remedy:
        'Take the host name out of the patches (talos.patches, of roles and machines), then make a new plan: it is the name of the machine.',
    }),
  );
}

/** Without any of its content: a parser quotes the lines that it does not understand. */
function unreadable(): ManagerError {
  return new ManagerError(
    problem('AnswerUnreadable', {
      attempted: 'read the machine configuration that talosctl made',
      failed: 'it is not the YAML that this version knows',
      remedy: 'Check which program of that name is first in the PATH of the worker, and its version.',
    }),
  );
}
