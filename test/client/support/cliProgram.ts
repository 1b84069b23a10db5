import { join } from 'node:path';

/** How Node runs the CLI from its sources, as a process of its own. Not by tsx: it can't load every package that the CLI uses. */
export const cliProgram = {
  command: process.execPath,
  args: ['-r', require.resolve('@swc-node/register'), join(__dirname, '../../../src/client/main.ts')],
} as const;
