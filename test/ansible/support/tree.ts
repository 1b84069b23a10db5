import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A tree of playbooks in a folder of its own, with an inventory of hosts that are this machine. */
export interface PlaybookTreeLab {
  /** Everything: the tree, and what lies beside it. */
  readonly folder: string;
  readonly root: string;
  /** Writes a file of the tree. */
  write(name: string, text: string): void;
  remove(): void;
}

/** Hosts that need no SSH; `away` can't be reached. */
const inventory = `
all:
  vars: { ansible_python_interpreter: "{{ ansible_playbook_python }}" }
  children:
    here:
      hosts:
        alpha: { ansible_connection: local }
        beta: { ansible_connection: local }
    there:
      hosts:
        away: { ansible_host: 127.0.0.1, ansible_port: 1, ansible_connection: ssh }
`;

/** Makes a tree. Remove it. */
export function makeTree(): PlaybookTreeLab {
  // Sockets of SSH lie below it: their paths must be short.
  const folder = mkdtempSync(join(tmpdir(), 'pxm-ans-'));
  const root = join(folder, 'tree');
  const lab: PlaybookTreeLab = {
    ...{ folder, root },
    write(name, text) {
      const path = join(root, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  lab.write('inventory/hosts.yaml', inventory);
  return lab;
}

/** A playbook of one play without facts. */
export function playbook(hosts: string, tasks: readonly object[], more: object = {}): string {
  return JSON.stringify([{ name: 'The play', hosts, gather_facts: false, ...more, tasks }]);
}
