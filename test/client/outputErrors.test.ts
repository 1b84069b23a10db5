import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { readerHasLeft } from '../../src/client/outputErrors';
import { cliProgram } from './support/cliProgram';

const withFullDevice = existsSync('/dev/full') ? it : it.skip;

describe('pxm when its output can not be written', () => {
  let command: string;
  let cli: string;
  beforeAll(async () => {
    [command, cli] = await cliProgram();
  });

  it('ends quietly, as if by SIGPIPE, when the reader has left', async () => {
    const child = spawn(command, [cli, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const stderr = collect(child.stderr);
    child.stdout.destroy();
    await once(child, 'close');
    expect(stderr()).toBe('');
    expect(child.exitCode).toBe(141);
  });

  it.each([
    ['EPIPE', false, true],
    ['EIO', true, true],
    // A file or a disk that fails: the result is lost.
    ['EIO', false, false],
    ['ENOSPC', true, false],
  ])('takes %s (terminal: %s) as the reader having left: %s', (code, isTTY, left) => {
    expect(readerHasLeft({ isTTY }, Object.assign(new Error(code), { code }))).toBe(left);
  });

  withFullDevice.each([['--help'], ['--json', '--version']])(
    'exits 1 with one clear message when the disk is full (%s)',
    async (...args) => {
      const full = openSync('/dev/full', 'w');
      const child = spawn(command, [cli, ...args], { stdio: ['ignore', full, 'pipe'] });
      closeSync(full);
      const stderr = collect(child.stderr);
      await once(child, 'close');
      expect(stderr()).toMatch(/^Attempted: write to standard output\nFailed: .*ENOSPC.*\nNext: .*\n$/);
      expect(child.exitCode).toBe(1);
    },
  );

  withFullDevice('exits 1 also when there is no place for that message', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(command, [cli, 'aprove'], { stdio: ['ignore', full, full] });
    closeSync(full);
    await once(child, 'close');
    expect(child.exitCode).toBe(1);
  });
});

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  return () => text;
}
