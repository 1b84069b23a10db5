import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nearestWord } from '../config/nearest';
import { ManagerError, problem } from '../domain/errors';
import type { PlaybookPlaces } from './places';

const ending = /\.ya?ml$/;

/** The playbooks of the folder: names without ending, in alphabetical order. Folders below it hold roles and the like. */
export function playbookNames({ playbooks }: Pick<PlaybookPlaces, 'playbooks'>): readonly string[] {
  return [...new Set(filesIn(playbooks).map((name) => name.replace(ending, '')))].toSorted();
}

/** The file of a playbook. Throws NotFound with the name that was probably meant, or InputInvalid where two could be. */
export function findPlaybook({ playbooks }: Pick<PlaybookPlaces, 'playbooks'>, name: string): string {
  const files = filesIn(playbooks).filter((it) => it.replace(ending, '') === name);
  const [file, other] = files;
  const attempted = `find the playbook ${name}`;
  if (file === undefined) {
    const nearest = nearestWord(name, playbookNames({ playbooks }));
    throw new ManagerError(
      problem('NotFound', {
        attempted,
        failed: `${playbooks} has neither ${name}.yaml nor ${name}.yml`,
        remedy: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}pxm ansible list shows what is there.`,
      }),
    );
  }
  if (other === undefined) return join(playbooks, file);
  throw new ManagerError(
    problem('InputInvalid', {
      attempted,
      failed: `${playbooks} has ${files.join(' and ')}`,
      remedy: 'Rename one of them.',
    }),
  );
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((it) => !it.isDirectory() && ending.test(it.name) && !it.name.startsWith('.'))
    .map((it) => it.name)
    .toSorted();
}
