import type { TemplatePlan } from '../../domain/templatePlan';
import type { Output } from '../output';
import type { RefreshedTemplate } from '../templates/refresh';
import { rowTable, type RowColumn } from './rowTable';

const words: Readonly<Record<TemplatePlan['todo'], string>> = {
  build: 'a new version',
  replicate: 'more copies',
  retire: 'older versions go',
  nothing: 'nothing',
};

const columns: readonly RowColumn<RefreshedTemplate>[] = [
  { title: 'template', cell: (it) => it.name },
  { title: 'in force', cell: (it) => `version ${it.generation}` },
  { title: 'to do', cell: ({ todo }) => (todo === undefined ? 'NOT KNOWN' : words[todo]) },
  { title: 'because', cell: (it) => it.because, gives: true },
];

/** What a look upstream found, a line for each template. */
export function refreshTable(output: Output, templates: readonly RefreshedTemplate[]): string {
  return rowTable(output, columns, templates);
}
