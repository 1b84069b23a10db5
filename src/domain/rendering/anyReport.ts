import type { AnyReport } from '../operation';
import { accessReportMarkdown, accessReportText } from './accessReportText';
import { clusterReportMarkdown, clusterReportText } from './clusterReportText';
import { playbookReportMarkdown, playbookReportText } from './playbookReportText';
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
    case 'runPlaybook':
      return playbookReportText(report);
    case 'createTemplate':
      return templateReportText(report);
    case 'changeCluster':
      return clusterReportText(report);
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
    case 'runPlaybook':
      return playbookReportMarkdown(report);
    case 'createTemplate':
      return templateReportMarkdown(report);
    case 'changeCluster':
      return clusterReportMarkdown(report);
    default:
      return accessReportMarkdown(report);
  }
}
