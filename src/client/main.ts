#!/usr/bin/env node
import { exitCodes } from '../domain/exitCodes';
import { runCli } from './run';
import { processTerminal } from './terminal';

const interruption = new AbortController();
process.on('SIGINT', () => {
  // Whoever presses Ctrl-C twice wants out at once; nothing of an operation lives in this process.
  if (interruption.signal.aborted) process.exit(exitCodes.interrupted);
  interruption.abort();
});

void runCli(process.argv.slice(2), processTerminal(), interruption.signal).then((exitCode) => {
  process.exitCode = exitCode;
});
