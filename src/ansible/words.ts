/**
 * Stands for words that may hold what the vault or a secret holds: where to read them. It must not match what tells the
 * kinds of refusals apart (src/domain/ansible/judge.ts).
 */
export function withheldWords(file: string): string {
  return `(not shown, since a secret could be among the words; they are on the worker's machine: ${file})`;
}

/** What our judgement goes by, in words of our own: nothing of the text is in them. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/vault|decrypt/i, '(Ansible speaks of its vault)'],
  [/does not match any hosts|no hosts to target/i, '(Ansible says: no hosts to target)'],
  [/could not be found|does not appear to be a file/i, '(Ansible says: something could not be found)'],
];

/** Of what Ansible said only the kind, and where to read it. */
export function kindOfWords(words: readonly string[], file: string): readonly string[] {
  if (words.length === 0) return [];
  const said = words.join('\n');
  const kind = kinds.find(([pattern]) => pattern.test(said));
  return [...(kind === undefined ? [] : [kind[1]]), withheldWords(file)];
}

const mostLines = 10;
const mostCharacters = 400;

/**
 * The end of what Ansible wrote to its standard error, without empty lines, and without warnings where there is anything
 * else.
 */
export function saidBy(stderr: string): readonly string[] {
  const lines = withoutTrace(stderr.split('\n').map((line) => line.trimEnd()));
  const errors = lines.findIndex((line) => /^(ERROR!|\[ERROR\]|ansible-playbook: error:)/.test(line));
  const said = lines
    .slice(errors === -1 ? 0 : errors)
    .filter((line) => line.trim() !== '' && !line.startsWith('[DEPRECATION'));
  const grave = said.filter((line) => !line.startsWith('[WARNING]'));
  // That no host matches is a warning for Ansible, and all that it says.
  return (grave.length === 0 ? said : grave)
    .slice(errors === -1 ? -mostLines : 0)
    .slice(0, mostLines)
    .map((line) => line.slice(0, mostCharacters));
}

/** Where Python tells which calls it was in, only what it came to is kept: its last line. */
function withoutTrace(lines: readonly string[]): readonly string[] {
  const trace = lines.findIndex((line) => line.startsWith('Traceback (most recent call last)'));
  if (trace === -1) return lines;
  return [...lines.slice(0, trace), lines.findLast((line) => line !== '') ?? ''];
}
