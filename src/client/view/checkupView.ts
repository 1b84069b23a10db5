import type { Finding } from '../../domain/checkup';
import { count, printable } from '../../domain/rendering/text';
import type { Output } from '../output';
import { rowTable, type RowColumn } from './rowTable';

/** Findings for people: what to mend with its remedy, what could not be looked at, then what is right. */
export function checkupView(output: Output, findings: readonly Finding[]): string {
  const { bold, red, yellow } = output.colors;
  const having = (status: Finding['status']) => findings.filter((finding) => finding.status === status);
  const fine = having('ok');
  const parts = [
    ...having('failed').map((finding) => faultText(red('failed '), finding)),
    ...having('warning').map((finding) => faultText(yellow('warning'), finding)),
    ...hiddenParts(having('notChecked')),
    ...(fine.length === 0 ? [] : [rowTable(output, columns, rowsOf(fine))]),
    bold(summary(findings)),
  ];
  return parts.join('\n\n');
}

/** `2 failed, 1 warning, 5 not checked, 30 fine`. */
export function summary(findings: readonly Finding[]): string {
  const number = (status: Finding['status']) => findings.filter((it) => it.status === status).length;
  const parts = [
    ...(number('failed') === 0 ? [] : [`${number('failed')} failed`]),
    ...(number('warning') === 0 ? [] : [count(number('warning'), 'warning')]),
    ...(number('notChecked') === 0 ? [] : [`${number('notChecked')} not checked`]),
    `${number('ok')} fine`,
  ];
  return parts.join(', ');
}

function faultText(label: string, { check, where, what, remedy = '' }: Finding): string {
  const [first = '', ...rest] = remedy.split('\n').map(printable);
  return [
    `${label}  ${check}, ${printable(where)}: ${printable(what)}`,
    `         -> ${first}`,
    ...rest.map((line) => `            ${line}`),
  ].join('\n');
}

/** A paragraph for each fault that hides something. */
function hiddenParts(hidden: readonly Finding[]): string[] {
  const reasons = [...new Set(hidden.map(({ what }) => what))];
  return reasons.map((reason) => {
    const places = hidden
      .filter(({ what }) => what === reason)
      .map(({ check, where }) => (where === 'cluster' ? check : `${check} (${printable(where)})`));
    const own = hidden.find(({ what }) => what === reason)?.remedy ?? '';
    return `${printable(reason)}:\n         ${places.join(', ')}\n         -> ${printable(own)}`;
  });
}

interface FineRow {
  readonly check: string;
  readonly where: string;
  readonly what: string;
}

const columns: readonly RowColumn<FineRow>[] = [
  { title: 'fine', cell: ({ check }) => check },
  { title: 'where', cell: ({ where }) => where },
  { title: '', gives: true, cell: ({ what }) => what },
];

/** One row for all places of a check that are fine in the same way. */
function rowsOf(fine: readonly Finding[]): FineRow[] {
  const rows = new Map<string, FineRow>();
  for (const { check, where, what } of fine) {
    const key = `${check}/${what}`;
    const before = rows.get(key);
    rows.set(key, { check, what, where: before === undefined ? where : `${before.where}, ${where}` });
  }
  return [...rows.values()];
}
