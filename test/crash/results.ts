import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { cellName, type Cell, type CellResult } from './cell';
import { momentNames } from './scenarios/scenario';

/** Results of cells on disk, so that an interrupted run can be gone on with. */
export interface Results {
  /** The result of a cell that passed before. */
  known(cell: Cell): CellResult | undefined;
  keep(result: CellResult): void;
}

const schema = z.object({
  call: z.object({ method: z.string(), path: z.string(), occurrence: z.number() }),
  moment: z.enum(momentNames),
  passed: z.boolean(),
  problems: z.array(z.string()),
  missed: z.boolean(),
  decisions: z.array(z.string()),
  secondsToNextRequest: z.number().nullable(),
  seconds: z.number(),
  folder: z.string().nullable(),
});

/** Opens the file of results; what it holds counts only if it is to be gone on with, else it begins anew. */
export function openResults(file: string | undefined, resume: boolean): Results {
  if (file === undefined) return { known: () => undefined, keep: () => undefined };
  if (!resume) rmSync(file, { force: true });
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const passed = lines
    .map((line) => resultOf(schema.parse(JSON.parse(line))))
    .filter((result) => result.passed)
    .map((result) => [cellName(result), result] as const);
  const byName = new Map(passed);
  return {
    known: (cell) => byName.get(cellName(cell)),
    keep: (result) => {
      const { secondsToNextRequest = null, folder = null } = result;
      appendFileSync(file, `${JSON.stringify({ ...result, secondsToNextRequest, folder })}\n`);
    },
  };
}

function resultOf(written: z.infer<typeof schema>): CellResult {
  const { secondsToNextRequest, folder, ...rest } = written;
  return { ...rest, secondsToNextRequest: secondsToNextRequest ?? undefined, folder: folder ?? undefined };
}
