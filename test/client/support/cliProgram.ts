import { builtPackage } from './builtPackage';

/** The words that run the CLI as a process of its own: built, since to compile it anew takes longer than most commands. */
export async function cliProgram(): Promise<readonly [command: string, program: string]> {
  return [process.execPath, (await builtPackage()).cli];
}
