#!/usr/bin/env node
import { exitCodes } from '../domain/exitCodes';
import { forbidDiagnosticReports } from '../temporal/diagnosticReports';
import { endOnOutputErrors } from './outputErrors';
import { runCli } from './run';
import { processTerminal } from './terminal';

forbidDiagnosticReports();
const interruption = new AbortController();
process.on('SIGINT', () => {
  // Whoever presses Ctrl-C twice wants out at once; nothing of an operation lives in this process.
  if (interruption.signal.aborted) process.exit(exitCodes.interrupted);
  interruption.abort();
});

endOnOutputErrors(process);

void runCli(process.argv.slice(2), processTerminal(), interruption.signal).then((exitCode) => {
  // A connection that is still being made would keep the process for seconds.
  if (exitCode === exitCodes.interrupted) process.exit(exitCode);
  process.exitCode = exitCode;
});
