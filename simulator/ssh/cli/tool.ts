import type { RawValue } from '../../http/parameters';
import type { MethodSchema } from '../../schema/load';
import { NotSimulated, type CommandContext, type Program } from '../shell/context';
import { callApi, errorOutput, exitCodeOf, warnOfStaleEntries, type CallOutcome } from './call-api';
import { OptionError, readOptions, type ReadOptions } from './options';
import { resultText } from './print-result';
import { findCommand, usageComplaint, type CommandUsage, type ToolUsage } from './usage';

/** What a command of a tool does: a call of the API. */
export interface ApiCommand {
  /** `METHOD /path/{template}`; `{node}` is this node. */
  readonly endpoint: string;
  /** Parameters that the command itself adds or replaces. */
  readonly prepare?: (values: Map<string, RawValue>, context: CommandContext) => void;
  /** What it prints of the result; by default nothing. */
  readonly output?: (
    result: unknown,
    options: ReadOptions,
    method: MethodSchema,
    context: CommandContext,
  ) => string;
  /** True where a failed task is no failed command (recording g1). */
  readonly ignoresTaskFailure?: boolean;
}

/** What a command does without the API. */
export interface LocalCommand {
  readonly options: Readonly<Record<string, { readonly type: string }>>;
  run(context: CommandContext, values: ReadonlyMap<string, RawValue>): number | Promise<number>;
}

/** A command line tool: its usage and what its commands do. */
export interface Tool {
  readonly usage: ToolUsage;
  /** Other names of commands. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly commands: Readonly<Record<string, ApiCommand | LocalCommand>>;
}

/** Prints the result in the format that was asked for, as commands with FORMAT_OPTIONS do. */
export const printed: NonNullable<ApiCommand['output']> = (result, { format }, method) =>
  resultText(result, method, format);

/** A tool as a program. */
export function toolProgram(tool: Tool): Program {
  return async (context, args) => {
    const { usage } = tool;
    warnOfStaleEntries(context);
    const found = findCommand(usage, args, tool.aliases);
    if (found === undefined) {
      const [first] = args;
      const complaint =
        first === undefined ? 'no command specified' : `unknown command '${usage.tool} ${first}'`;
      context.err(usageComplaint(usage, complaint));
      return 255;
    }
    const command = tool.commands[found.command.name];
    if (command === undefined) throw new NotSimulated(`${usage.tool} ${found.command.name}`);
    return runCommand(context, usage.tool, found.command, command, found.rest);
  };
}

async function runCommand(
  context: CommandContext,
  tool: string,
  usage: CommandUsage,
  command: ApiCommand | LocalCommand,
  words: readonly string[],
): Promise<number> {
  const usageLine = `${tool} ${usage.line}`;
  try {
    if ('run' in command) {
      const { values } = readOptions(words, usage.positional, usage.required, command.options);
      return await command.run(context, values);
    }
    return await callCommand(context, usage, command, words);
  } catch (error) {
    if (error instanceof OptionError) {
      context.err(`${error.message}\n${usageLine}\n`);
      return 255;
    }
    const text = errorOutput(error, usageLine);
    context.err(text);
    return exitCodeOf(text);
  }
}

async function callCommand(
  context: CommandContext,
  usage: CommandUsage,
  command: ApiCommand,
  words: readonly string[],
): Promise<number> {
  const [method = '', template = ''] = command.endpoint.split(' ');
  const schema = context.dispatcher.schemaOf(command.endpoint);
  const options = readOptions(words, usage.positional, usage.required, schema.parameters?.properties ?? {});
  command.prepare?.(options.values, context);
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'node' ? context.node.name : textOf(options.values.get(name)),
  );
  for (const name of template.match(/(?<=\{)\w+(?=\})/g) ?? []) options.values.delete(name);
  const outcome: CallOutcome = await callApi(context, { method, path, values: options.values });
  if (outcome.taskFailed) return command.ignoresTaskFailure === true ? 0 : 255;
  const text = command.output?.(outcome.result, options, schema, context);
  if (text !== undefined) context.out(text);
  return 0;
}

/** A value as text; empty where there is none. */
export function textOf(value: RawValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
