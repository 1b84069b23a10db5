import type { UnansweredNode } from '../../domain/clusterReading';
import { count, printable } from '../../domain/rendering/text';
import type { TemplateReading } from '../../domain/templateReading';
import type { TemplateFault } from '../../planning/template/verification';
import type { Output } from '../output';

/** What is not right with a template, each with what to do; then the sum, which says what nobody could look at. */
export function faultView(
  output: Output,
  { name, versions }: TemplateReading,
  faults: readonly TemplateFault[],
  unanswered: readonly UnansweredNode[] = [],
): string {
  const { bold, red, yellow } = output.colors;
  const labels = { failed: red('failed '), warning: yellow('warning') };
  const copies = versions.reduce((sum, version) => sum + version.copies.length, 0);
  const looked = `${count(versions.length, 'version')} on ${count(copies, 'guest')}`;
  const broken = faults.filter(({ status }) => status === 'failed').length;
  const away = unanswered.map(({ node }) => printable(node)).join(', ');
  const fine = away === '' ? 'all as it should be' : 'nothing is wrong with what was seen';
  const found = faults.length === 0 ? fine : `${broken} broken, ${count(faults.length - broken, 'warning')}`;
  const verdict = away === '' ? found : `${found}; ${away} gave no answer and was not looked at`;
  return [
    ...faults.map(({ status, where, what, remedy }) =>
      [`${labels[status]}  ${printable(where)}: ${printable(what)}`, `         -> ${printable(remedy)}`].join(
        '\n',
      ),
    ),
    bold(`${printable(name)}: ${looked}: ${verdict}.`),
  ].join('\n\n');
}
