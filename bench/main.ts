/**
 * Measures the product against bounds and baselines of the same run: `npm run bench`, or `npm run bench -- template` for the
 * sections whose names have that word. Exit 1 if a bound is missed, 2 if there is no such section.
 */
import { cpus, loadavg } from 'node:os';
import setup from '../test/support/temporalGlobalSetup';
import teardown from '../test/support/temporalGlobalTeardown';
import { clusterFigures } from './clusterFigures';
import { figureTable, keepsLimit, type Figure } from './figures';
import {
  approvalFigures,
  doctorFigures,
  evacuationFigures,
  learningFigures,
  planningFigures,
  templateFigures,
} from './sections';

type Section = () => Promise<readonly Figure[]>;

/** A section that breaks counts as a figure that missed its bound. */
async function figuresOf(name: string, section: Section): Promise<readonly Figure[]> {
  process.stderr.write(`${name} ...\n`);
  try {
    return await section();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ name, measured: `broke: ${reason}`, against: 'a result', ratio: Number.NaN, limit: 0 }];
  }
}

const sections: Readonly<Record<string, Section>> = {
  planning: planningFigures,
  'approval and requests': approvalFigures,
  checkup: doctorFigures,
  template: templateFigures,
  'cluster, linked clones on LVM-thin': () => clusterFigures('lvmThin'),
  'cluster, linked clones in a directory': () => clusterFigures('directory'),
  'cluster, linked clones on shared storage': () => clusterFigures('sharedLinked'),
  'cluster, full clones on shared storage': () => clusterFigures('sharedFull'),
  'evacuation, network configured': evacuationFigures,
  'evacuation, network learned': learningFigures,
};

async function main([word = '']: readonly string[]): Promise<void> {
  const chosen = Object.entries(sections).filter(([name]) => name.includes(word));
  if (chosen.length === 0) {
    process.stderr.write(`no section has ${word} in its name: ${Object.keys(sections).join('; ')}\n`);
    process.exitCode = 2;
    return;
  }
  await setup();
  const figures: Figure[] = [];
  try {
    for (const [name, section] of chosen) figures.push(...(await figuresOf(name, section)));
  } finally {
    await teardown();
  }
  const [load = 0] = loadavg();
  const limited = figures.filter(({ limit }) => limit !== undefined);
  const failed = limited.filter((figure) => !keepsLimit(figure)).length;
  process.stdout.write(`${figureTable(figures)}\n\n`);
  process.stdout.write(`Node ${process.version}, ${cpus().length} processors, load ${load.toFixed(1)}\n`);
  process.stdout.write(`${limited.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void main(process.argv.slice(2));
