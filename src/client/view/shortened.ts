/** The text in at most so many columns; what is cut off shows as `…`. */
export function shortened(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, Math.max(0, columns - 1))}…` : text;
}
