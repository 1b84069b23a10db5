import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportsFolder } from '../../config/paths';
import type { AnyReport } from '../../domain/operation';
import { isReport } from '../shapes';

/** Reports of closed operations in the state folder, newest first: they stay when Temporal has forgotten. */
export function reportFiles(folder = reportsFolder()): AnyReport[] {
  return names(folder)
    .flatMap((name) => readReport(join(folder, name)))
    .sort((one, other) => other.endedAt.localeCompare(one.endedAt));
}

/** The newest saved report of an operation. */
export function savedReport(workflowId: string, folder = reportsFolder()): AnyReport | undefined {
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
function readReport(path: string): AnyReport[] {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isReport(value) ? [value] : [];
  } catch {
    return [];
  }
}
