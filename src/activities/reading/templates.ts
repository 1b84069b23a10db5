import { nearestWord } from '../../config/nearest';
import type { UnansweredNode } from '../../domain/clusterReading';
import { ManagerError, problem } from '../../domain/errors';
import type { TemplateList, TemplateQuestion } from '../../domain/templateReading';
import { templatesOf } from '../../planning/template/overview';
import { askNodes } from './askNodes';
import type { ReadingDependencies } from './deps';
import { readMembers, wantedMembers } from './members';
import { lookCloser, lookForTemplates, namesIn } from './nodeTemplates';
import { incompleteness, readingBase } from './readingBase';

/**
 * The templates that have our marker, with whatever only looks like one. Three requests; for each node two, one for each
 * of its templates, and with `volumes` one for each storage that they are on. Throws NotFound, with the nearest name,
 * for a name that no template has, and what concerns all requests.
 */
export async function readTemplates(
  deps: ReadingDependencies,
  { name, volumes }: TemplateQuestion,
): Promise<TemplateList> {
  const { client } = deps;
  const members = await readMembers(deps);
  const everybody = wantedMembers(members, [], client.cluster);
  const [warnings, first] = await Promise.all([
    incompleteness(deps, members.options),
    askNodes(deps, everybody, (node, options) => lookForTemplates(client, node, options)),
  ]);
  const names = namesIn([...first.answers.values()]);
  const wanted = new Set(name === undefined ? names : [name]);
  const answered = everybody.filter((it) => first.answers.has(it.name));
  const second = await askNodes(deps, answered, async (node, options) => {
    const seen = first.answers.get(node);
    return seen === undefined ? [] : [await lookCloser(client, seen, { names: wanted, volumes }, options)];
  });
  const unanswered = [...first.unanswered, ...second.unanswered];
  const all = templatesOf([...second.answers.values()].flat());
  const base = readingBase(deps, unanswered, warnings);
  if (name === undefined) return { ...base, ...all };
  const templates = all.templates.filter((it) => it.name === name);
  const strangers = all.strangers.filter((it) => it.name === name);
  if (templates.length === 0) throw unknownTemplate(name, names, strangers, unanswered);
  return { ...base, templates, strangers };
}

function unknownTemplate(
  name: string,
  names: ReadonlySet<string>,
  strangers: TemplateList['strangers'],
  unanswered: readonly UnansweredNode[],
): ManagerError {
  const [stranger] = strangers;
  const silent = unanswered.map(({ node }) => node).join(', ');
  const nearest = nearestWord(name, [...names]);
  const failed =
    stranger === undefined
      ? 'no guest has a marker with this name'
      : `VM ${stranger.vmid} on ${stranger.node} is called so, but was not made by proxmox-manager`;
  return new ManagerError(
    problem('NotFound', {
      attempted: `find the template ${name}`,
      failed: `${failed}${silent === '' ? '' : `, as far as is known: no answer from ${silent}`}`,
      remedy: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}pxm template list shows all; pxm template create ${name} makes it if there is a runbook of that name.`,
    }),
  );
}
