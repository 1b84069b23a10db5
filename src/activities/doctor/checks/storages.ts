import type { Finding } from '../../../domain/checkup';
import type { StorageDefinition } from '../../../proxmox/api/storageDefinitions';
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
  return [
    ...uses.flatMap((use) => named(use, facts, definitions.value)),
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
  const places = facts.nodes.map((node) => onNode(definition, node, facts));
  const faults = [...withContent(definition, use), ...places].filter(({ status }) => status !== 'ok');
  return faults.length > 0 ? faults : [ok('storages', id, `it is there on every node, for ${purpose}`)];
}

function onNode(definition: StorageDefinition, seen: NodeFacts, facts: CheckupFacts): Finding {
  const { node } = seen;
  const { storage: id, nodes, disabled } = definition;
  const { name } = node;
  const where = `${id} on ${name}`;
  const rows = facts.storages.known ? facts.storages.value : [];
  const row = rows.find((it) => it.storage === id && it.node === name);
  // A dead node's storages stay in the list as they were (observed: Nodes down).
  if (silenceOf(seen) !== undefined) return notChecked('storages', where, maskOfSilence(name));
  if (row?.status === 'available') return ok('storages', where, 'it is there');
  if (row !== undefined) {
    return failed(
      'storages',
      where,
      `the storage ${id} can't be used on ${name} now`,
      `What is wrong: ssh ${node.host} pvesm status --storage ${id}`,
    );
  }
  const enable = disabled ? '--disable 0' : `--nodes ${[...(nodes ?? []), name].join(',')}`;
  return failed(
    'storages',
    where,
    `the storage ${id} is missing on ${name}${disabled ? ': it is disabled' : ''}`,
    `If ${name} has it: pvesm set ${id} ${enable} (on a node, as root). Else name another one in cluster-config.yaml`,
  );
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
