import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ManagerError } from '../../src/domain/errors';
import type { RenderedRunbook } from '../../src/domain/runbook/plan';
import { shownText } from '../../src/domain/runbook/text';
import { shippedFolder } from '../../src/runbooks/catalogue';
import { checkRunbook, type CheckedRunbook } from '../../src/runbooks/check/check';
import { isUsable } from '../../src/runbooks/problems';
import { renderRunbook } from '../../src/runbooks/render/render';
import type { ShellParser } from '../../src/runbooks/shell/tree';
import { around, callees, shellParser, surroundings } from './support/runbooks';

const canary = `$(touch pwned); rm -rf x\n'"\`touch pwned\``;
const strange = [
  '\u0000',
  '\u202e',
  '\u2028',
  '\ufeff',
  '\ud800',
  '\u{1f9e8}',
  '\u0301',
  '\t',
  '\r',
  '{{',
  '}}',
  '```',
  '"',
  "'",
  '(',
  '{',
  '$(',
  '<<EOF',
  '<X>',
  '---',
  '> ',
  '- ',
  '1. ',
  '#',
];

const seeds = [
  ...readdirSync(shippedFolder)
    .filter((it) => it.endsWith('.md'))
    .map((it) => readFileSync(join(shippedFolder, it), 'utf8')),
  around(
    '1. **Write** (SSH) {when="text != \'\'"}\n   ```bash {#a on={{node}} capture=x expect="exit 0"}\n   cat <<EOF | sort\n   {{text}} "{{text}}"\n   EOF\n   argv \'{{text}}\' {{names}}\n   ```\n   Expected result: `ok` and /a+/\n\n2. **Call** (runbook) {for-each=names as=one}\n   ```runbook\n   storage-check\n   node={{node}}\n   ```\n',
  ),
];

/** One way of breaking a text; the numbers choose where. */
type Break = (text: string, one: number, other: number, piece: string) => string;
const breaks: readonly Break[] = [
  (text, one, other) =>
    text.slice(0, Math.min(one, other) % text.length) + text.slice(Math.max(one, other) % text.length),
  (text, one) => text.slice(0, one % text.length),
  (text, one, other) => onLines(text, (lines) => swapped(lines, one % lines.length, other % lines.length)),
  (text, one) =>
    onLines(text, (lines) => lines.toSpliced(one % lines.length, 0, lines[one % lines.length] ?? '')),
  (text, one) => onLines(text, (lines) => lines.toSpliced(one % lines.length, 1)),
  (text, one, other) =>
    onLines(text, (lines) =>
      lines.toSpliced(one % lines.length, 0, ' '.repeat(other % 9) + (lines[other % lines.length] ?? '')),
    ),
  (text, one, _other, piece) => text.slice(0, one % text.length) + piece + text.slice(one % text.length),
  (text, one, _other, piece) =>
    text.slice(0, one % text.length) + piece.repeat(40) + text.slice(one % text.length),
];

function onLines(text: string, change: (lines: string[]) => string[]): string {
  return change(text.split('\n')).join('\n');
}

function swapped(lines: readonly string[], one: number, other: number): string[] {
  return lines.with(one, lines[other] ?? '').with(other, lines[one] ?? '');
}

const broken = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(fc.tuple(fc.constantFrom(...breaks), fc.nat(), fc.nat(), fc.constantFrom(...strange)), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([seed, changes]) =>
    changes.reduce(
      (text, [change, one, other, piece]) => (text === '' ? text : change(text, one, other, piece)),
      seed,
    ),
  );

/** Fills in what can be; a refusal has to be one of ours. */
function filledIn(checked: CheckedRunbook, parser: ShellParser): RenderedRunbook | undefined {
  const parameters = Object.fromEntries(
    (checked.runbook?.parameters ?? []).map(({ name, type, minimum, pattern, ...it }) => {
      const value = {
        node: 'pve01',
        vmid: '100',
        integer: String(minimum ?? 1),
        size: '8G',
        storage: 'local',
        boolean: 'true',
        duration: '5s',
        url: 'https://x.example',
        list: canary,
        string: canary,
      };
      return [name, it.enum?.[0] ?? (pattern === undefined ? value[type] : (it.default ?? 'abc'))];
    }),
  );
  try {
    const source = { url: 'https://x.example/a.qcow2', algorithm: 'sha256' as const, digest: 'ab' };
    return renderRunbook(checked, { parameters, node: 'pve01', source }, surroundings, parser);
  } catch (error) {
    if (error instanceof ManagerError) return undefined;
    throw error;
  }
}

/** The canary stands in the quoted lines at the start of a script, and nowhere else in it. */
function isOnlyQuoted(script: string): boolean {
  const quoted = `'${canary.replaceAll("'", `'"'"'`)}'`;
  return !script
    .replaceAll(new RegExp(`^pxm_\\w+=`, 'gm'), 'pxm=')
    .replaceAll(`pxm=${quoted}`, '')
    .includes('touch');
}

describe('2,000 broken runbooks', () => {
  it('give errors with places or are valid; none crashes, hangs or lets a value reach a shell', async () => {
    const parser = await shellParser();
    let usable = 0;
    // Of the processor: how long it takes by the clock depends on what else the machine does.
    let longestMs = 0;
    fc.assert(
      fc.property(broken, (text) => {
        const started = process.cpuUsage();
        const checked = checkRunbook('broken.md', Buffer.from(text), parser, callees);
        const { user, system } = process.cpuUsage(started);
        longestMs = Math.max(longestMs, (user + system) / 1000);
        const lines = text.split(/\r\n|\n|\r/).length;
        for (const { line, column } of checked.problems) {
          if (line < 1 || line > lines || column < 1) throw new Error(`there is no place ${line}:${column}`);
        }
        if (!isUsable(checked.problems)) return;
        usable += 1;
        for (const { action } of filledIn(checked, parser)?.steps ?? []) {
          if (action.type === 'script' && !isOnlyQuoted(shownText(action.script)))
            throw new Error(shownText(action.script));
        }
      }),
      { numRuns: 2000, seed: 20_261_125, endOnFailure: true },
    );
    expect(usable).toBeGreaterThan(200);
    expect(usable).toBeLessThan(1800);
    expect(longestMs).toBeLessThan(1000);
  });
});
