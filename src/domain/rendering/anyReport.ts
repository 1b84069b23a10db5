import type { AnyReport } from '../operation';
import { accessReportMarkdown, accessReportText } from './accessReportText';
import { reportMarkdown } from './reportMarkdown';
import { reportText } from './reportText';
import { runbookReportMarkdown, runbookReportText } from './runbookReportText';
import { templateReportMarkdown, templateReportText } from './templateReportText';

/** The report of any operation as plain text. */
export function anyReportText(report: AnyReport): string {
  switch (report.operation) {
    case 'evacuateNode':
      return reportText(report);
    case 'runRunbook':
      return runbookReportText(report);
    case 'createTemplate':
      return templateReportText(report);
    default:
      return accessReportText(report);
  }
}

/** The report of any operation as Markdown. */
export function anyReportMarkdown(report: AnyReport): string {
  switch (report.operation) {
    case 'evacuateNode':
      return reportMarkdown(report);
    case 'runRunbook':
      return runbookReportMarkdown(report);
    case 'createTemplate':
      return templateReportMarkdown(report);
    default:
      return accessReportMarkdown(report);
  }
}
