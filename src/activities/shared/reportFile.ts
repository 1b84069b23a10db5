import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { reportFileName } from '../../config/reportFiles';
import { makeFolder } from '../../config/requireFolder';
import type { AnyReport } from '../../domain/operation';

/** Writes a report: atomic, readable by its owner only. Writing it again replaces it by the same. */
export async function writeReportFile(folder: string, report: AnyReport): Promise<void> {
  makeFolder(folder);
  const file = join(folder, reportFileName(report.workflowId, report.firstExecutionRunId));
  await writeFileAtomic(file, `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o600 });
}
