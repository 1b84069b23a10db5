import type { Block, Runbook } from '../ast';
import { parseAttributes } from '../parse/attributeList';
import { infoOf } from '../parse/blocks';
import { destroys } from '../requests';
import type { Unit } from '../sequence';
import { readScript, type SimpleCommand } from '../shell/script';
import type { ShellParser } from '../shell/tree';
import { curlRequest } from './curl';
import { pveshRequest } from './pvesh';
import { pvesmRequest } from './pvesm';
import { pveumRequest } from './pveum';
import { qmRequest } from './qm';
import { isRequest, requestLines, type RestRequest, type Translation } from './request';
import { argumentsOf } from './words';

const programs: ReadonlySet<string> = new Set(['qm', 'pvesh', 'pvesm', 'pveum']);

/** The requests that do what a block over SSH does, one for each of its commands; undefined where not all have one. */
export function requestsFor(
  runbook: Runbook,
  { block, options, executor }: Unit,
  parser: ShellParser,
): readonly RestRequest[] | undefined {
  const isShell = executor === 'SSH' || executor === 'local';
  if (!isShell || block === undefined || !isPlain(block)) return undefined;
  const node = executor === 'SSH' ? nodeOf(runbook, options.on?.text) : undefined;
  const script = readScript(block.content.text, block.placeholders, parser);
  const { faultAt, root } = script.tree;
  const isListOfCommands = root.children.every(
    ({ type }) => type === 'command' || type === '\n' || type === ';',
  );
  if (faultAt !== undefined || !isListOfCommands) return undefined;
  const requests = script.commands
    .filter(({ node: own }) => root.children.includes(own))
    .map((command) => requestFor(command, node, script.text));
  return requests.length > 0 && requests.every(isRequest) ? requests : undefined;
}

/** The same requests as fenced blocks, with the indentation and the attributes of the one they stand for. */
export function httpBlocks(runbook: Runbook, block: Block, requests: readonly RestRequest[]): string {
  const { source } = runbook;
  const indentation = ' '.repeat(block.place.column - 1);
  const kept = attributeTexts(runbook, block);
  return requests
    .map((request, index) => {
      const own = index === 0 ? kept : kept.filter((it) => !it.startsWith('#'));
      const added = [
        ...(request.isTask ? ['wait=task'] : []),
        ...(destroys(request) && !kept.includes('destructive') ? ['destructive'] : []),
      ];
      const attributes = [...own, ...added];
      const info = attributes.length === 0 ? 'http' : `http {${attributes.join(' ')}}`;
      return [`\`\`\`${info}`, ...requestLines(request), '```'].join(`\n${indentation}`);
    })
    .join(`\n${indentation}`)
    .replaceAll('\n', source.text.includes('\r\n') ? '\r\n' : '\n');
}

/** Whether nothing is asked of the output, which an answer of the API would not have. */
function isPlain({ language, options, expectations }: Block): boolean {
  const { captures, poll, stdin } = options;
  const isExpected = [...options.expectations, ...expectations].every(
    ({ expectation }) => expectation.kind === 'exit' && expectation.code === 0,
  );
  return (
    (language === 'bash' || language === 'command') &&
    isExpected &&
    captures.length === 0 &&
    poll === undefined &&
    stdin === undefined
  );
}

function requestFor(command: SimpleCommand, node: string | undefined, script: string): Translation {
  const hasMore = command.node.children.some(
    ({ type }) => type.endsWith('_redirect') || type === 'variable_assignment',
  );
  const name = command.words[0]?.literal ?? '';
  if (name === 'curl' && !hasMore) return curlRequest(command, script);
  if (node === undefined) return { because: 'it does not say on which node' };
  const given = hasMore || !programs.has(name) ? undefined : argumentsOf(command);
  if (given === undefined) return { because: 'it needs a shell' };
  if (given.options.some(([, value]) => value.includes('\n')))
    return { because: 'a value has several lines' };
  switch (name) {
    case 'qm':
      return qmRequest(given, node);
    case 'pvesm':
      return pvesmRequest(given, node);
    case 'pveum':
      return pveumRequest(given);
    default:
      return pveshRequest(given);
  }
}

/** A command works on the node that it runs on. */
function nodeOf({ parameters }: Runbook, on: string | undefined): string | undefined {
  if (on === 'every') return undefined;
  return on ?? (parameters.some(({ name }) => name === 'node') ? '{{node}}' : undefined);
}

/** The attributes as they are written, without those that only commands have. */
function attributeTexts({ source }: Runbook, block: Block): readonly string[] {
  const info = infoOf(source, block.start);
  const { attributes } = parseAttributes(info, { report: () => undefined });
  return attributes.flatMap(({ name, value }) => {
    if (name === 'read' || name === 'on' || name === 'expect') return [];
    if (name === '#') return value === true ? [] : [`#${value.text}`];
    if (value === true) return [name];
    return [/[\s"']/.test(value.text) ? `${name}="${value.text}"` : `${name}=${value.text}`];
  });
}
