import { ManagerError, problem } from '../domain/errors';
import { talosctl, type TalosContext } from './tool';

/** `1.13` of `v1.13.2`; undefined if it is no version. */
function minorOf(version: string): string | undefined {
  return /^v?(\d+\.\d+)(?:\.\d+)?(?:-|$)/.exec(version)?.[1];
}

/** The version of the talosctl in the PATH, e.g. `v1.13.2`. */
export async function talosctlVersion(context: TalosContext): Promise<string> {
  const said = await talosctl(context, { command: ['version'], options: ['--client'], kind: 'read' });
  const tag = /^\s*(?:Tag:|Talos)\s+(v\d+\.\d+\.\d+\S*)/m.exec(said.reveal())?.[1];
  if (tag !== undefined) return tag;
  throw new ManagerError(
    problem('AnswerUnreadable', {
      attempted: 'run talosctl version',
      failed: 'it names no version',
      remedy: 'Check which program of that name is first in the PATH of the worker.',
    }),
  );
}

/**
 * The version of talosctl, if it may handle machines of this Talos version: of the same minor version, since its flags,
 * and the configurations that it makes, differ from one to the next. Throws InputInvalid otherwise.
 */
export async function requireTalosctl(context: TalosContext, talosVersion: string): Promise<string> {
  const own = await talosctlVersion(context);
  const wanted = minorOf(talosVersion);
  if (wanted !== undefined && minorOf(own) === wanted) return own;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `use talosctl for Talos ${talosVersion}`,
      failed: `the talosctl in the PATH of the worker is ${own}`,
      remedy: `Install talosctl v${wanted ?? talosVersion} there, or change talos.version in the profile.`,
    }),
  );
}
