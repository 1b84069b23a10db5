/** What to do about how a task ended, where its own words tell more than the usual remedy does. */
interface TaskRule {
  readonly text: RegExp;
  readonly remedy: string;
}

/** Texts of tasks of 8.4 and 9 (observed: download-url; behaviour: upload, storage errors). */
const taskRules: readonly TaskRule[] = [
  {
    text: /checksum mismatch: got/,
    remedy:
      'What was fetched is another file than the checksum stands for: compare it with what the publisher says now, since a new image may have taken its place. Correct the runbook and begin anew, or retry if the transfer was disturbed.',
  },
  {
    text: /No space left on device|not enough (?:free )?space|out of space/i,
    remedy: 'A storage is full. Make room on it, then retry.',
  },
];

/** The remedy for a task that ended with these words; none if they tell nothing more. */
export function taskRemedy(exit: string): { readonly remedy?: string } {
  const rule = taskRules.find(({ text }) => text.test(exit));
  return rule === undefined ? {} : { remedy: rule.remedy };
}
