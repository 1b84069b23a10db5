/** Exit codes of every command (design: "The life of an operation", report). */
export const exitCodes = {
  /** All done. */
  done: 0,
  /** Failed or incomplete: something stayed, its state is unknown, or another operation holds what was needed. */
  incomplete: 1,
  /** Bad input or configuration, a message that fits nothing that waits: nothing was changed. */
  badInput: 2,
  /** The plan was rejected or expired. */
  notApproved: 3,
  /** Waits for a person and there is no terminal to ask on. */
  waitsForPerson: 4,
  /** Interrupted while watching: the operation goes on. */
  interrupted: 130,
  /** Whoever read the output has left, as if ended by SIGPIPE (128 + 13): an operation goes on. */
  outputClosed: 141,
} as const;
/** One of the exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
