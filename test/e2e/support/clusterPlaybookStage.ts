import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTree, playbook, type PlaybookTreeLab } from '../../ansible/support/tree';
import { profileText, setClusterStage, type ClusterStage } from './clusterStage';

/** A simulated cluster whose profile `lab` has a playbook, and the tree of that playbook. */
export interface ClusterPlaybookStage extends ClusterStage {
  readonly tree: PlaybookTreeLab;
  /** Lets the playbook come through on every host. */
  openGate(): void;
  /** The hosts on which it has come through, in alphabetical order; twice where it has twice. */
  greeted(): readonly string[];
}

/** Machines that may be made, and one that is none of the cluster. */
const hosts = ['lab-worker-1', 'lab-worker-2', 'lab-worker-3', 'lab-worker-4', 'of-somebody-else'];

/** Sets the stage. `clean` undoes all of it, in the opposite order. */
export async function setClusterPlaybookStage(
  clean: (undo: () => unknown) => void,
): Promise<ClusterPlaybookStage> {
  const tree = makeTree();
  clean(() => tree.remove());
  const python = '{ ansible_python_interpreter: "{{ ansible_playbook_python }}", ansible_connection: local }';
  const named = hosts.map((host) => `    ${host}: {}`);
  tree.write('inventory/hosts.yaml', ['all:', `  vars: ${python}`, '  hosts:', ...named, ''].join('\n'));
  const [gate, greetings] = [join(tree.folder, 'gate'), join(tree.folder, 'greetings')];
  const tasks = [
    { name: 'Wait for nobody', 'ansible.builtin.command': `test -e ${gate}` },
    { name: 'Greet', 'ansible.builtin.shell': `echo {{ inventory_hostname }} >> ${greetings}` },
  ];
  tree.write('playbooks/greet.yaml', playbook('all', tasks));
  const config = `ansible:\n  fleet_infra_path: ${tree.root}\n  inventory: inventory/hosts.yaml\n`;
  const stage = await setClusterStage('9', config);
  clean(() => stage.close());
  stage.writeProfile('lab', profileText('lab', 'type: plain\nplaybooks: [greet]'));
  return {
    ...{ ...stage, tree },
    openGate: () => writeFileSync(gate, ''),
    greeted: () =>
      existsSync(greetings) ? readFileSync(greetings, 'utf8').trim().split('\n').toSorted() : [],
  };
}
