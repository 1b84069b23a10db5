import type { AnyReport } from '../operation';
import { accessReportMarkdown, accessReportText } from './accessReportText';
import { reportMarkdown } from './reportMarkdown';
import { reportText } from './reportText';

/** The report of any operation as plain text. */
export function anyReportText(report: AnyReport): string {
  return report.operation === 'evacuateNode' ? reportText(report) : accessReportText(report);
}

/** The report of any operation as Markdown. */
export function anyReportMarkdown(report: AnyReport): string {
  return report.operation === 'evacuateNode' ? reportMarkdown(report) : accessReportMarkdown(report);
}
