import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import { collect, planHash } from '../commands/shared';
import type { Session } from '../session';

/** Adds what every operation on access takes. */
export function withAccessOptions(command: Command, session: Session): Command {
  return command
    .option('--node <node>', 'log in to this node first')
    .option('--dry-run', 'end after the plan')
    .option(
      '--approve <hash>',
      'approve by itself the plan with this hash (from --dry-run), no other',
      planHash,
    )
    .option('--by <who>', 'who asks, as the report will say', session.terminal.person)
    .option('--wait', 'without a terminal: stay until somebody has approved, and to the end')
    .option(
      '--accept-host-key <fingerprint>',
      'trust the SSH host key SHA256:... of a node without being asked (repeatable)',
      fingerprint,
    )
    .option('--no-host-keys', "leave host keys to the worker's machine: do not look at them here");
}

/** As `ssh-keygen -lf` shows it. */
function fingerprint(text: string, before?: readonly string[]): string[] {
  if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(text)) return collect(text, before);
  throw new InvalidArgumentError(
    'It must be SHA256: and the 43 characters that ssh-keygen -lf shows after it.',
  );
}

/** What {@link withAccessOptions} adds. */
export const accessOptions = z.object({
  node: z.string().optional(),
  dryRun: z.boolean().default(false),
  approve: z.string().optional(),
  by: z.string().min(1),
  wait: z.boolean().default(false),
  acceptHostKey: z.array(z.string()).default([]),
  hostKeys: z.boolean().default(true),
});

/** The options of an operation on access. */
export type AccessOptions = z.infer<typeof accessOptions>;
