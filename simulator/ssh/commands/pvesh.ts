import { ApiError } from '../../http/errors';
import type { CommandContext, Program } from '../shell/context';
import { callApi, errorOutput, exitCodeOf, warnOfStaleEntries } from '../cli/call-api';
import { OptionError, readOptions } from '../cli/options';
import { resultText } from '../cli/print-result';

const methods: Readonly<Record<string, string>> = {
  get: 'GET',
  create: 'POST',
  set: 'PUT',
  delete: 'DELETE',
};

/** `pvesh`: any call of the API, on this node or another, as root@pam (behaviour.md 11.3). */
export const pveshProgram: Program = async (context, args) => {
  const [command = '', path = '', ...words] = args;
  warnOfStaleEntries(context);
  if (command === 'ls') return listParts(context, path);
  if (command === 'usage') return showUsage(context, path);
  const method = methods[command];
  if (method === undefined) {
    context.err(
      command === '' ? 'ERROR: no command specified\n' : `ERROR: unknown command 'pvesh ${command}'\n`,
    );
    return 255;
  }
  const usageLine = `pvesh ${command} <api_path> [OPTIONS] [FORMAT_OPTIONS]`;
  const route = context.dispatcher.routeOf(method, path);
  if (route === undefined) {
    context.err(`No '${command}' handler defined for '${path}'\n`);
    return 1;
  }
  try {
    const schemas = route.schema.parameters?.properties ?? {};
    const { values, format } = readOptions(words, [], 0, schemas);
    const { result } = await callApi(context, { method, path, values });
    context.out(resultText(result, route.schema, format));
    return 0;
  } catch (error) {
    return explain(context, error, usageLine);
  }
};

function explain(context: CommandContext, error: unknown, usageLine: string): number {
  if (error instanceof OptionError) {
    context.err(`${error.message}\n${usageLine}\n`);
    return 255;
  }
  // Other nodes are reached by ssh, not by HTTP.
  const unreachable = error instanceof ApiError && error.status >= 595;
  const text = unreachable
    ? `ssh: connect to host port 22: ${error.message}\n`
    : errorOutput(error, usageLine);
  context.err(text);
  return exitCodeOf(text);
}

/** A line a part of the path: whether it has parts of its own, and which methods it has (recording g1). */
function listParts({ dispatcher, out, err }: CommandContext, path: string): number {
  const parts = dispatcher.partsOf(path);
  if (parts === undefined) {
    err(`No 'get' handler defined for '${path}'\n`);
    return 1;
  }
  for (const { name, hasParts, methods: own } of parts) {
    const letters = ['GET', 'PUT', 'POST', 'DELETE'].map((method, at) =>
      own.includes(method) ? 'rwcd'.charAt(at) : '-',
    );
    out(`${hasParts ? 'D' : '-'}${letters.join('')}        ${name}\n`);
  }
  return 0;
}

function showUsage({ dispatcher, out, err }: CommandContext, path: string): number {
  const found = Object.entries(methods).filter(
    ([, method]) => dispatcher.routeOf(method, path) !== undefined,
  );
  if (found.length === 0) {
    err(`No handler defined for '${path}'\n`);
    return 1;
  }
  for (const [command, method] of found) {
    const route = dispatcher.routeOf(method, path);
    const own = Object.keys(route?.schema.parameters?.properties ?? {});
    const hasOptions = own.some((name) => route?.pathParameters.has(name) === false);
    out(`USAGE: pvesh ${command} ${path} ${hasOptions ? '[OPTIONS]' : ''}\n`);
  }
  return 0;
}
