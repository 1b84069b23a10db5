import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportsFolder } from '../../config/paths';
import type { EvacuationReport } from '../../domain/report';
import { isEvacuationReport } from '../shapes';

/** Reports of closed operations in the state folder, newest first: they stay when Temporal has forgotten. */
export function reportFiles(folder = reportsFolder()): EvacuationReport[] {
  return names(folder)
    .flatMap((name) => readReport(join(folder, name)))
    .sort((one, other) => other.endedAt.localeCompare(one.endedAt));
}

/** The newest saved report of an operation. */
export function savedReport(workflowId: string, folder = reportsFolder()): EvacuationReport | undefined {
  return reportFiles(folder).find((report) => report.workflowId === workflowId);
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    );
  } catch {
    return [];
  }
}

/** A file that is no report, or is being replaced, is no reason to hide the others. */
function readReport(path: string): EvacuationReport[] {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isEvacuationReport(value) ? [value] : [];
  } catch {
    return [];
  }
}
