/** The words that come of one word of a script: blanks in values that are not quoted part it, and it may become none. */
export class Fields {
  private readonly ended: string[] = [];
  private open: string | undefined;

  /** Text that stays as it is. */
  add(text: string): void {
    this.open = (this.open ?? '') + text;
  }

  /** A value that is not quoted. */
  addParted(value: string): void {
    for (const part of value.split(/([ \t\n]+)/)) {
      if (/^[ \t\n]/.test(part)) this.endWord();
      else if (part !== '') this.add(part);
    }
  }

  /** What follows is another word. */
  endWord(): void {
    if (this.open !== undefined) this.ended.push(this.open);
    this.open = undefined;
  }

  words(): readonly string[] {
    return this.open === undefined ? this.ended : [...this.ended, this.open];
  }
}
