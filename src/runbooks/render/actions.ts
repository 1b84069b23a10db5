import type { Argument, StepAction } from '../../domain/runbook/plan';
import type { Text } from '../../domain/runbook/text';
import type { Block, Call, CallArgument } from '../ast';
import { builtinOf } from '../builtins';
import { requestOf } from '../requests';
import type { Unit } from '../sequence';
import type { ShellParser } from '../shell/tree';
import { scriptOf, wordsOf } from './script';
import { textWith, type KnownValues } from './texts';

/** What a unit does, with values put in. Throws RangeError where a value can't be written at its place. */
export function actionOf(
  { block }: Pick<Unit, 'block'>,
  values: KnownValues,
  parser: ShellParser,
): StepAction {
  if (block === undefined) return { type: 'gate' };
  const stdin = block.options.stdin && { stdin: textWith(block.options.stdin.text, values, 'plain') };
  switch (block.language) {
    case 'bash':
      return { type: 'script', script: scriptOf(block, values, parser), ...stdin };
    case 'command':
      return { type: 'program', words: wordsOf(block, values, parser), ...stdin };
    case 'file':
      return {
        type: 'file',
        path: textWith(block.options.file?.text ?? '', values, 'plain'),
        content: textWith(`${block.content.text}\n`, values, 'plain'),
        mode: block.options.mode,
      };
    default:
      return callOf(block, values);
  }
}

function callOf({ language, call, options }: Block, values: KnownValues): StepAction {
  if (call === undefined) throw new RangeError('the block is empty');
  const given = argumentsOf(call.arguments, values);
  if (language === 'http') return request(call, options.waitForTask, values);
  if (language === 'runbook') return { type: 'runbook', name: call.head.text, arguments: given };
  const builtin = builtinOf(call.head.text);
  if (builtin === undefined) throw new RangeError(`there is no built-in ${call.head.text}`);
  return { type: 'builtin', name: builtin.name, arguments: given };
}

function request(call: Call, waitForTask: boolean, values: KnownValues): StepAction {
  const { method, path } = requestOf(call) ?? {};
  if (path === undefined || !isMethod(method)) throw new RangeError('the block has no request');
  const sent = path.startsWith('/') ? withoutWords(values) : values;
  return {
    type: 'request',
    method,
    path: textWith(path, sent, 'url'),
    headers: argumentsOf(call.headers, sent),
    parameters: call.arguments.flatMap((it) => parameterOf(it, sent)),
    waitForTask,
  };
}

/** Proxmox knows yes and no as 1 and 0 only: `vmstate=true` is refused (schema of Proxmox VE 8.4 and 9.2). */
function withoutWords(values: KnownValues): KnownValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, it]) => [name, typeof it === 'boolean' ? Number(it) : it]),
  );
}

function parameterOf({ name, value }: CallArgument, values: KnownValues): readonly Argument[] {
  const plain = textWith(value.text, values, 'plain');
  if (name !== 'sshkeys') return [{ name, value: plain }];
  // Proxmox wants this one encoded inside the form, which encodes it again; it takes no empty one.
  return plain.every((piece) => piece === '') ? [] : [{ name, value: textWith(value.text, values, 'url') }];
}

function argumentsOf(written: readonly CallArgument[], values: KnownValues): readonly Argument[] {
  return written.map(({ name, value }): { name: string; value: Text } => ({
    name,
    value: textWith(value.text, values, 'plain'),
  }));
}

function isMethod(method: string | undefined): method is 'GET' | 'POST' | 'PUT' | 'DELETE' {
  return method === 'GET' || method === 'POST' || method === 'PUT' || method === 'DELETE';
}
