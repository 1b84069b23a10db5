/**
 * Lets this process write no diagnostic report: it would hold the environment, and facts about the memory. Flags of
 * Node or NODE_OPTIONS may have asked for one. Call it first of all.
 */
export function forbidDiagnosticReports(): void {
  process.report.reportOnFatalError = false;
  process.report.reportOnUncaughtException = false;
  process.report.reportOnSignal = false;
}
