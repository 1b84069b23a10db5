import type { AnyReport } from '../../domain/operation';
import { activities } from './calls';

/** The report, once its file is written to the state folder; where that fails, it says so in a warning. */
export async function withReportFile<Report extends AnyReport>(report: Report): Promise<Report> {
  try {
    await activities.closing.writeReport(report);
    return report;
  } catch {
    const warning = 'The report file could not be written to the state folder.';
    return { ...report, warnings: [...report.warnings, warning] };
  }
}
