let count = 0;

/** A name that no other cell of any matrix has. */
export function newClusterName(): string {
  return `crash-${process.pid}-${(count += 1)}`;
}

/** The same text in every run: without the name of the run's cluster. */
export function steadyText(text: string): string {
  return text.replace(/\bcrash-\d+-\d+\b/g, '*');
}
