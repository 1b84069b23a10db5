import { readFileSync } from 'node:fs';
import { outlineOf, type Outline } from '../../src/client/runbooks/outline';
import type { Runbook } from '../../src/runbooks/ast';
import type { RunbookFile } from '../../src/runbooks/catalogue';
import { checkRunbook } from '../../src/runbooks/check/check';
import { unitsOf, type Unit } from '../../src/runbooks/sequence';
import type { ShellParser } from '../../src/runbooks/shell/tree';

const introduction = `# Shipped runbooks

The runbooks that come with the program, and every step of them. The files are in \`runbooks/\`; [runbooks.md](runbooks.md) describes the language, [templates.md](templates.md) what \`pxm template create\` does around the steps of a template. A copy of one's own, to change: \`pxm runbook new my-debian --from debian-13\`.

This page is made of the runbooks: \`npm run runbook-tables\`.
`;

/** The page of docs/ with the tables of steps of these runbooks. Throws where one can't be read. */
export function runbookTables(files: readonly RunbookFile[], parser: ShellParser): string {
  const runbooks = files.map(({ name, file }) => {
    const checked = checkRunbook(file, readFileSync(file), parser);
    const outline = outlineOf(checked, parser);
    if (outline === undefined || checked.runbook === undefined) throw new Error(`${name} can't be read`);
    return { outline, runbook: checked.runbook };
  });
  const makesTemplate = ({ outline }: (typeof runbooks)[number]) => outline.imageType !== 'none';
  return [
    introduction,
    '## Templates\n',
    ...runbooks.filter(makesTemplate).map(sectionOf),
    '## Maintenance\n',
    ...runbooks.filter((it) => !makesTemplate(it)).map(sectionOf),
  ].join('\n');
}

function sectionOf({ outline, runbook }: { readonly outline: Outline; readonly runbook: Runbook }): string {
  const { source } = runbook.frontMatter;
  const facts = [
    ...(source?.url === undefined ? [] : [`Image: ${code(source.url)}`]),
    ...(source?.checksums === undefined ? [] : [`Checksums: ${code(source.checksums)}`]),
    `Has to be given: ${outline.parameters
      .filter(({ value }) => value === '(required)')
      .map(({ name }) => code(name))
      .join(', ')}`,
  ];
  const units = unitsOf(runbook);
  const rows = outline.steps.map(({ id, title, executor, kind, notes }, index) => [
    code(id),
    title,
    executor,
    kind,
    code(actionOf(units[index])),
    [...(units[index]?.options.on?.text === 'every' ? ['on every node'] : []), ...notes].join(', '),
  ]);
  return [
    `### ${outline.name}\n`,
    `${outline.description}.\n`,
    `${facts.map((it) => `- ${it}`).join('\n')}\n`,
    row(['step', 'what', 'by', 'kind', 'does', 'note']),
    row(Array<string>(6).fill('---')),
    ...rows.map(row),
    '',
  ].join('\n');
}

/** The first line of what a step does; nothing of a step for a person. */
function actionOf(unit: Unit | undefined): string {
  const block = unit?.block;
  if (block === undefined) return '';
  if (block.options.file !== undefined) return `file ${block.options.file.text}`;
  return block.call?.head.text ?? block.content.text.split('\n')[0] ?? '';
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((it) => it.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}
