import { z } from 'zod';
import type { SimulatorControl } from '../../../simulator';
import type { Task } from '../../../simulator/tasks/task';
import { cameLate } from './lateRequest';

/** Every task that an undisturbed run begins, by type and object: 900 is cloned for its test and for its copy. */
const expected: Readonly<Record<string, number>> = {
  'download debian-13-v1-*-900.qcow2': 1,
  'qmcreate 900': 1,
  'resize 900': 1,
  'qmtemplate 900': 1,
  'imgdel images': 1,
  'qmclone 900': 2,
  'qmstart 1000': 1,
  'qmstop 1000': 1,
  'qmdestroy 1000': 1,
  'qmigrate 901': 1,
  'qmtemplate 901': 1,
};

/**
 * Tasks that change nothing where their request comes twice, by what its path ends with: the same bytes are fetched again, the
 * disk has that size already, the guest runs or is stopped.
 */
const harmless: readonly (readonly [type: string, ending: string])[] = [
  ['download', '/download-url'],
  ['resize', '/resize'],
  ['qmstart', '/status/start'],
  ['qmstop', '/status/stop'],
];

/**
 * Each task as often as in an undisturbed run: nothing was begun twice. Two exceptions, which change nothing: a removal of the
 * image that a person has asked for again found it gone; a request of the harmless kind came so late that it followed another
 * worker's.
 */
export function taskProblems(control: SimulatorControl, result?: unknown): string[] {
  const tasks = control.cluster.tasks.all();
  const inVain = tasks.filter(({ lines }) => lines.some((line) => / does not exist$/.test(line)));
  const retries = removalsAskedForAgain(result);
  const counts = new Map<string, number>();
  for (const task of tasks) counts.set(nameOf(task), (counts.get(nameOf(task)) ?? 0) + 1);
  const surplus = (name: string) => {
    if (name.startsWith('imgdel ')) return Math.min(retries, inVain.length);
    const ending = harmless.find(([type]) => name.startsWith(`${type} `))?.[1];
    return counts.get(name) === 2 && ending !== undefined && cameLate(control, ending) ? 1 : 0;
  };
  return [...new Set([...counts.keys(), ...Object.keys(expected)])].flatMap((name) => {
    const count = (counts.get(name) ?? 0) - surplus(name);
    const wanted = expected[name] ?? 0;
    return count === wanted ? [] : [`${count} tasks ${name} instead of ${wanted}`];
  });
}

function nameOf({ parts: { type, id } }: Task): string {
  return `${type} ${id.replace(/-v1-[0-9a-f]{8}-/, '-v1-*-')}`;
}

const decisionsSchema = z.looseObject({
  decisions: z.array(
    z.looseObject({
      stepId: z.string().optional(),
      answer: z.looseObject({ choice: z.string() }).optional(),
    }),
  ),
});

function removalsAskedForAgain(result: unknown): number {
  const { data } = decisionsSchema.safeParse(result);
  const { decisions = [] } = data ?? {};
  return decisions.filter(
    ({ stepId, answer }) => stepId === 'build-pve01.remove-image' && answer?.choice === 'retry',
  ).length;
}
