import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { cliProgram } from './cliProgram';

/** Whether programs can be run at a pseudo-terminal here (it takes Python 3). */
export const hasPseudoTerminal = spawnSync('python3', ['-c', 'import pty, termios']).status === 0;

/** The CLI at a terminal of 130 columns. */
export interface TerminalRun {
  readonly exitCode: Promise<number | null>;
  /** Everything that was written to the screen, with its control characters. */
  screen(): string;
  shows(text: string): Promise<void>;
  type(keys: string): void;
  /** Takes the terminal away, whatever the program does. */
  hangUp(): void;
}

/** Keys as a terminal sends them. */
export const keys = { up: '\u001b[A', enter: '\r', controlC: '\u0003' };

/** Starts the CLI as a child process at a terminal. */
export async function startPxmAtTerminal(args: readonly string[]): Promise<TerminalRun> {
  return startAtTerminal([...(await cliProgram()), ...args]);
}

/** Starts any program as a child process at a terminal. */
export function startAtTerminal(words: readonly string[], env: NodeJS.ProcessEnv = process.env): TerminalRun {
  const child = spawn('python3', [join(__dirname, 'pseudoTerminal.py'), ...words], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString('utf8');
  });
  let isClosed = false;
  // Not its exit: its last words may come after that.
  const exitCode = once(child, 'close').then(() => {
    isClosed = true;
    return child.exitCode;
  });
  return {
    exitCode,
    screen: () => screen,
    async shows(text) {
      while (!screen.includes(text)) {
        if (isClosed) throw new Error(`it ended without showing ${text}:\n${screen}`);
        await Promise.race([once(child.stdout, 'data'), exitCode]);
      }
    },
    type: (text) => {
      child.stdin.write(text);
    },
    hangUp: () => {
      child.kill();
    },
  };
}
