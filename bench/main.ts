/** Measures the product against bounds and baselines of the same run: `npm run bench`. Exit 1 if a bound is missed. */
import { cpus, loadavg } from 'node:os';
import setup from '../test/support/temporalGlobalSetup';
import teardown from '../test/support/temporalGlobalTeardown';
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

async function main(): Promise<void> {
  await setup();
  const figures: Figure[] = [];
  try {
    figures.push(...(await figuresOf('planning', planningFigures)));
    figures.push(...(await figuresOf('approval and requests', approvalFigures)));
    figures.push(...(await figuresOf('checkup', doctorFigures)));
    figures.push(...(await figuresOf('template', templateFigures)));
    figures.push(...(await figuresOf('evacuation, network configured', evacuationFigures)));
    figures.push(...(await figuresOf('evacuation, network learned', learningFigures)));
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

void main();
