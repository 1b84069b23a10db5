import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { ManagerError, problem } from '../../domain/errors';
import type { Secret } from '../../domain/secret';
import { ansibleFolders } from '../base';
import {
  extraVarsText,
  playbookEnvironment,
  playbookWords,
  type ExtraVars,
  type PlaybookCall,
} from '../command';
import type { TreeManifest } from '../tree';
import { dropSecrets, keep, makeRunFolder, runFolder, type Claim, type RunFolder } from './folder';
import { giveLockBack, takeLock, tidyUp } from './lock';
import { processOf, runVariable } from './processes';

/** A run that is to begin. */
export interface NewRun {
  /** No other run ever has it: this one is begun once, whoever tries to. */
  readonly id: string;
  /** Name of the playbook. */
  readonly playbook: string;
  readonly call: PlaybookCall;
  /** Of what only one may run on this machine, as the name of a file. */
  readonly lock: string;
  /** With `--check`: an estimate. */
  readonly check: boolean;
  readonly vars: ExtraVars;
  readonly vaultPassword?: Secret;
  /** What the tree is now. */
  readonly manifest: TreeManifest;
  /** Called right before Ansible is started; throws if another attempt may have begun. */
  readonly requireAlive: () => void;
}

/**
 * Starts ansible-playbook in a process group of its own: it outlives this process, and everything that is to be known of
 * it is in its folder below `base`. Throws LeaseRefused while the same playbook runs, Interrupted where this run was begun
 * or given up before; nothing is started then.
 */
export async function startRun(base: string, run: NewRun): Promise<void> {
  const { runs } = ansibleFolders(base);
  tidyUp(runs);
  const folder = runFolder(runs, run.id);
  if (!makeRunFolder(folder)) throw overtaken(run);
  try {
    await prepare(folder, run);
    const other = takeLock(runs, run.lock, folder);
    if (other !== undefined) throw locked(run, other);
    run.requireAlive();
    if (existsSync(folder.givenUp)) throw overtaken(run);
    await launch(base, folder, run);
  } catch (error) {
    dropSecrets(folder);
    giveLockBack(runs, run.lock, folder);
    await keep(folder.givenUp, '');
    throw error;
  }
}

async function prepare(folder: RunFolder, run: NewRun): Promise<void> {
  const { vars, manifest, lock, playbook, call } = run;
  const worker = processOf(process.pid) ?? { pid: process.pid, since: '' };
  const root = call.places.root;
  const claim: Claim = { worker, startedAt: new Date().toISOString(), playbook, root, lock };
  await keep(folder.claim, JSON.stringify(claim));
  await keep(folder.tree, JSON.stringify(manifest));
  await keep(folder.vars, extraVarsText(vars));
}

/** Ansible writes to files, never to this process: it must not notice when the worker goes. */
async function launch(base: string, folder: RunFolder, run: NewRun): Promise<void> {
  const { call, check, vaultPassword } = run;
  const [program, ...words] = playbookWords(call, check ? ['--check'] : [], {
    varsFile: folder.vars,
    hasVault: vaultPassword !== undefined,
  });
  const output = openSync(folder.output, 'wx', 0o600);
  const errors = openSync(folder.errors, 'wx', 0o600);
  const child = spawn(program, words, {
    cwd: call.places.root,
    env: {
      ...playbookEnvironment(call.places, ansibleFolders(base)),
      PXM_PROGRESS_FILE: folder.progress,
      PXM_EXIT_FILE: folder.exit,
      [runVariable]: folder.id,
    },
    stdio: ['pipe', output, errors],
    detached: true,
  });
  closeSync(output);
  closeSync(errors);
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  // A shell that is killed at once does not read it.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(vaultPassword?.reveal() ?? '');
  await started;
  child.unref();
  const shell = child.pid === undefined ? undefined : processOf(child.pid);
  // Where it can't be written down, the run is found by what stands in its environment.
  if (shell !== undefined) await keep(folder.process, JSON.stringify(shell)).catch(() => undefined);
}

function overtaken({ playbook }: NewRun): ManagerError {
  return new ManagerError(
    problem('Interrupted', {
      attempted: `run the playbook ${playbook}`,
      failed: 'another attempt has begun this run, or has given it up; nothing was started',
    }),
  );
}

function locked({ playbook }: NewRun, other: RunFolder): ManagerError {
  return new ManagerError(
    problem('LeaseRefused', {
      attempted: `run the playbook ${playbook}`,
      failed: `it runs on the worker's machine already (run ${other.id}); nothing was started`,
      remedy: `Wait until it has ended, then retry. Its processes have ${runVariable}=${other.id} in their environment; its output is ${other.output}`,
    }),
  );
}
