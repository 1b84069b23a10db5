import type { StepKind } from '../../domain/step';
import type { Block } from '../ast';
import { destroys, requestOf } from '../requests';
import type { Unit } from '../sequence';
import { invocationOf, onlyReads } from '../shell/programs';
import { readScript, type Script } from '../shell/script';
import { nodesOf, type ShellParser } from '../shell/tree';

/** What a unit does to the cluster or a machine; a script that is not known to read only is a change. */
export function kindOf({ block, options }: Pick<Unit, 'block' | 'options'>, parser: ShellParser): StepKind {
  if (options.destructive) return 'destroy';
  if (block === undefined || block.language === 'builtin' || options.poll !== undefined) return 'read';
  if (block.language === 'http') return requestKind(block);
  if (block.language !== 'bash' && block.language !== 'command') return 'change';
  return options.readOnly || isReading(readScript(block.content.text, block.placeholders, parser))
    ? 'read'
    : 'change';
}

function requestKind({ call }: Block): StepKind {
  const request = call && requestOf(call);
  if (request === undefined || request.method === 'GET') return 'read';
  return destroys(request) ? 'destroy' : 'change';
}

function isReading(script: Script): boolean {
  const writes = nodesOf(script.tree.root, 'file_redirect').some(({ start, end }) => {
    const written = script.text.slice(start, end);
    return written.includes('>') && !/>\s*\/dev\/null$|>&\d$/.test(written);
  });
  return !writes && script.commands.every((command) => onlyReads(invocationOf(command)));
}
