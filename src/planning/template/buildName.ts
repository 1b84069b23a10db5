/** What a guest is called until it is in force: tells this operation's from all others. `run`: its first run's ID. */
export function buildNameOf(name: string, generation: number, run: string): string {
  return `${buildNameStem(name)}-v${generation}-${run.slice(0, 8)}`;
}

/** What all build names of a template begin with; the whole has to fit into a DNS name. */
export function buildNameStem(name: string): string {
  return name.slice(0, 40);
}
