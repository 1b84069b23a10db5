const mostLines = 10;
const mostCharacters = 400;

/** The end of what Ansible wrote to its standard error, without empty lines, warnings and what they go on with. */
export function saidBy(stderr: string): readonly string[] {
  const lines = withoutTrace(stderr.split('\n').map((line) => line.trimEnd()));
  const errors = lines.findIndex((line) => /^(ERROR!|\[ERROR\]|ansible-playbook: error:)/.test(line));
  return lines
    .slice(errors === -1 ? 0 : errors)
    .filter((line) => line.trim() !== '' && !line.startsWith('[WARNING]') && !line.startsWith('[DEPRECATION'))
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
