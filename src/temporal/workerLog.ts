import type { Logger, LogLevel, LogMetadata } from '@temporalio/common';
import { type DestinationStream, pino } from 'pino';

/** A level of the log, as `--log-level` takes it. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
/** One of them. */
export type WorkerLogLevel = (typeof logLevels)[number];

/** Where the worker's own messages go: one JSON object a line. Text is static; what varies is in the fields. */
export type WorkerLog = pino.Logger;

/**
 * Makes the log: JSON lines on standard output, level as a word, time as ISO 8601. A `Secret` in any field is
 * shown as `[secret]` (its own toJSON); written at once, so that a killed process loses no line.
 */
export function createWorkerLog(level: WorkerLogLevel, destination?: DestinationStream): WorkerLog {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** The SDK's messages, and those of workflows and activities, into the same log. */
export function temporalLogger(log: WorkerLog): Logger {
  const write = (level: WorkerLogLevel, message: string, meta?: LogMetadata) => {
    log[level](plainFields(meta ?? {}), message);
  };
  return {
    log: (level, message, meta) => {
      write(levelOf(level), message, meta);
    },
    trace: (message, meta) => {
      write('trace', message, meta);
    },
    debug: (message, meta) => {
      write('debug', message, meta);
    },
    info: (message, meta) => {
      write('info', message, meta);
    },
    warn: (message, meta) => {
      write('warn', message, meta);
    },
    error: (message, meta) => {
      write('error', message, meta);
    },
  };
}

function levelOf(level: LogLevel): WorkerLogLevel {
  switch (level) {
    case 'TRACE':
      return 'trace';
    case 'DEBUG':
      return 'debug';
    case 'INFO':
      return 'info';
    case 'WARN':
      return 'warn';
    case 'ERROR':
      return 'error';
  }
}

/** JSON has no BigInt; task tokens are bytes that tell nobody anything. */
function plainFields(meta: LogMetadata): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta)
      .filter(([, value]) => !(value instanceof Uint8Array))
      .map(([name, value]: [string, unknown]) => [
        name,
        typeof value === 'bigint' ? value.toString() : value,
      ]),
  );
}
