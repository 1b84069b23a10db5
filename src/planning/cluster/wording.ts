/** `1 machine`, `3 machines`. */
export function machineWord(count: number): string {
  return `${count} ${count === 1 ? 'machine' : 'machines'}`;
}
