import type { Finding } from '../../../domain/checkup';
import type { StorageDefinition } from '../../../proxmox/api/storageDefinitions';
import type { Mask } from '../facts/fact';
import type { CheckupFacts, NodeFacts } from '../facts/facts';
import { maskOfSilence, silenceOf } from '../facts/silence';
import { failed, listed, notChecked, ok, unknown, warning } from '../finding';

/** Whether the storages that the configuration names exist, on every node, with the content that is put on them. */
export function checkStorages(facts: CheckupFacts): Finding[] {
  const { storages, definitions, config } = facts;
  const uses = usesOf(config);
  const folder = config.conventions.cloudinit.vendorSnippetPath;
  if (uses.length === 0 && folder === undefined)
    return [ok('storages', 'cluster', 'the configuration names no storage')];
  if (!definitions.known) return [unknown('storages', 'cluster', definitions)];
  if (!storages.known) return [unknown('storages', 'cluster', storages)];
  const found = uses.flatMap((use) => named(use, facts, definitions.value));
  const isFirst = ({ where, what }: Finding, index: number) =>
    found.findIndex((it) => it.where === where && it.what === what) === index;
  return [
    // One storage may have two uses.
    ...found.filter(isFirst),
    ...(folder === undefined ? [] : snippets(folder, definitions.value)),
  ];
}

/** A storage that the configuration names, and what is put on it. */
interface StorageUse {
  readonly id: string;
  readonly key: string;
  readonly content: string;
  readonly purpose: string;
}

function usesOf({ conventions, access }: CheckupFacts['config']): StorageUse[] {
  const { storage } = conventions.defaults;
  const { importStorage } = access;
  return [
    ...(storage === undefined
      ? []
      : [{ id: storage, key: 'defaults.storage', content: 'images', purpose: 'disks of guests' }]),
    ...(importStorage === undefined
      ? []
      : [
          { id: importStorage, key: 'access.import_storage', content: 'import', purpose: 'images to import' },
        ]),
  ];
}

function named(use: StorageUse, facts: CheckupFacts, definitions: readonly StorageDefinition[]): Finding[] {
  const { id, key, purpose } = use;
  const definition = definitions.find(({ storage }) => storage === id);
  if (definition === undefined) {
    return [
      failed(
        'storages',
        id,
        `the cluster has no storage ${id} (${key} of the configuration)`,
        `Name another one in cluster-config.yaml: ${listed(definitions.map(({ storage }) => storage))}`,
      ),
    ];
  }
  if (definition.disabled) {
    return [
      failed(
        'storages',
        id,
        `the storage ${id} is disabled (${key} of the configuration)`,
        `As root on a node: pvesm set ${id} --disable 0\nOr name another one in cluster-config.yaml`,
      ),
    ];
  }
  const places = facts.nodes.map((node) => onNode(definition, node, facts));
  const faults = [...withContent(definition, use), ...places].filter(({ status }) => status !== 'ok');
  return faults.length > 0 ? faults : [ok('storages', id, `it is there on every node, for ${purpose}`)];
}

function onNode({ storage: id, nodes }: StorageDefinition, seen: NodeFacts, facts: CheckupFacts): Finding {
  const { name, host } = seen.node;
  const where = `${id} on ${name}`;
  if (nodes !== undefined && !nodes.includes(name)) {
    return failed(
      'storages',
      where,
      `the storage ${id} is missing on ${name}: it is limited to ${listed(nodes)}`,
      `If ${name} has it, as root on a node: pvesm set ${id} --nodes ${[...nodes, name].join(',')}\nElse name another one in cluster-config.yaml`,
    );
  }
  // What the others last heard of a node that is gone says nothing of now (observed: Nodes down).
  const absence = absenceOf(seen, facts);
  if (absence !== undefined) return notChecked('storages', where, absence);
  const rows = facts.storages.known ? facts.storages.value : [];
  if (rows.some((it) => it.storage === id && it.node === name && it.status === 'available'))
    return ok('storages', where, 'it is there');
  return failed(
    'storages',
    where,
    `the storage ${id} can't be used on ${name} now`,
    `What is wrong: ssh ${host} pvesm status --storage ${id}`,
  );
}

function absenceOf(seen: NodeFacts, { status }: CheckupFacts): Mask | undefined {
  const { name } = seen.node;
  if (silenceOf(seen) !== undefined) return maskOfSilence(name);
  const member = status.known ? status.value.nodes.find((node) => node.name === name) : undefined;
  return member?.online === false
    ? { check: 'nodes', fault: `${name} is cut off from the other nodes` }
    : undefined;
}

function withContent(
  { storage, content }: StorageDefinition,
  { content: needed, purpose }: StorageUse,
): Finding[] {
  if (content.includes(needed)) return [];
  return [
    failed(
      'storages',
      storage,
      `the storage ${storage} does not take the content "${needed}" (${purpose}); it takes ${listed(content)}`,
      `As root on a node: pvesm set ${storage} --content ${[...content, needed].join(',')}`,
    ),
  ];
}

/** No operation puts snippets there yet, so it is no failure. */
function snippets(folder: string, definitions: readonly StorageDefinition[]): Finding[] {
  const holder = definitions.find(
    ({ path }) => path !== undefined && folder.replace(/\/$/, '') === `${path}/snippets`,
  );
  if (holder?.content.includes('snippets') === true)
    return [ok('storages', holder.storage, `it takes the snippets in ${folder}`)];
  const known = definitions.filter(({ path }) => path !== undefined);
  const remedy =
    holder === undefined
      ? `Name the folder snippets of a storage: ${listed(known.map(({ path }) => `${path ?? ''}/snippets`))}`
      : `As root on a node: pvesm set ${holder.storage} --content ${[...holder.content, 'snippets'].join(',')}`;
  const what =
    holder === undefined
      ? `no storage has the folder ${folder} (cloudinit.vendor_snippet_path of the configuration)`
      : `the storage ${holder.storage} does not take the content "snippets" (cloudinit.vendor_snippet_path)`;
  return [warning('storages', holder?.storage ?? folder, what, remedy)];
}
