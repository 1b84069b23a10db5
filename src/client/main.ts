#!/usr/bin/env node
import { exitCodes } from '../domain/exitCodes';
import { forbidDiagnosticReports } from '../temporal/diagnosticReports';
import { runCli } from './run';
import { processTerminal } from './terminal';

forbidDiagnosticReports();
const interruption = new AbortController();
process.on('SIGINT', () => {
  // Whoever presses Ctrl-C twice wants out at once; nothing of an operation lives in this process.
  if (interruption.signal.aborted) process.exit(exitCodes.interrupted);
  interruption.abort();
});

// Whoever read the output has left (`pxm ... | head`, a closed terminal): nobody is there to be told.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => process.exit(exitCodes.interrupted));
}

void runCli(process.argv.slice(2), processTerminal(), interruption.signal).then((exitCode) => {
  // A connection that is still being made would keep the process for seconds.
  if (exitCode === exitCodes.interrupted) process.exit(exitCode);
  process.exitCode = exitCode;
});
