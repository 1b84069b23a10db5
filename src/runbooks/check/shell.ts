import type { Block, Runbook } from '../ast';
import type { Reporter } from '../problems';
import type { Unit } from '../sequence';
import { dangerOf, inertNames } from '../shell/dangers';
import { destructionBy } from '../shell/destructive';
import { invocationOf, isAlwaysThere, isShellBuiltin, mayChange } from '../shell/programs';
import { quotingOf } from '../shell/quoting';
import { functionsOf, readScript, type Script } from '../shell/script';
import type { ShellParser } from '../shell/tree';
import { nodesOf } from '../shell/tree';
import { isSecretStore, secretSources } from './secrets';

/** More are nobody's, and would take long to look at. */
const mostPlaceholders = 200;

/** bash and command blocks: syntax, quoting, tools, secrets, destruction. */
export function checkShell(
  runbook: Runbook,
  units: readonly Unit[],
  parser: ShellParser,
  problems: Reporter,
): void {
  for (const unit of units) {
    const { block } = unit;
    if (block?.language === 'file') checkScriptFile(block, problems);
    if (block?.language !== 'bash' && block?.language !== 'command') continue;
    if (block.content.text.trim() === 'command here') {
      problems.report('placeholder', block.place, 'the command is not written yet', 'write it');
      continue;
    }
    if (block.placeholders.length > mostPlaceholders) {
      problems.report(
        'bad-block',
        block.place,
        `the block has more than ${mostPlaceholders} placeholders`,
        'make several steps of it',
      );
      continue;
    }
    const script = readScript(block.content.text, block.placeholders, parser);
    if (script.tree.faultAt !== undefined) {
      problems.report(
        'shell-syntax',
        block.content.place(script.tree.faultAt),
        'the shell syntax can not be understood from here on',
        'try it with: bash -n',
      );
      continue;
    }
    if (block.language === 'command') checkSingleCommand(block, script, problems);
    else checkQuoting(runbook, block, script, problems);
    checkPrograms(runbook, unit, block, script, problems);
    for (const { offset, what } of secretSources(script)) {
      problems.report(
        'secret-in-command',
        block.content.place(offset),
        `${what} puts a secret into a command line`,
        'declare it in secrets: and send it on standard input: {stdin="{{secret:name}}"}',
      );
    }
  }
}

function checkQuoting(runbook: Runbook, block: Block, script: Script, problems: Reporter): void {
  const inert = inertNames(runbook.parameters);
  for (const placeholder of block.placeholders) {
    if (placeholder.kind === 'secret' || placeholder.kind === 'malformed') continue;
    const quoting = quotingOf(script, placeholder);
    const fault = typeof quoting === 'string' ? undefined : quoting;
    const danger = fault ?? (inert.has(placeholder.name) ? undefined : dangerOf(script, placeholder));
    if (danger === undefined) continue;
    const written = script.text.slice(placeholder.start, placeholder.end);
    problems.report(
      'unsafe-placeholder',
      block.content.place(placeholder.start),
      `${written} ${danger.message}`,
      danger.remedy,
    );
  }
  for (const { start } of nodesOf(script.tree.root, 'variable_name')) {
    if (script.text.startsWith('pxm_', start))
      problems.report(
        'unsafe-placeholder',
        block.content.place(start),
        'variables that begin with pxm_ hold the parameters',
        'name it otherwise',
      );
  }
}

/** Without a shell there is one program, and its words are what they are. */
function checkSingleCommand({ content }: Block, script: Script, problems: Reporter): void {
  const [only, ...more] = script.tree.root.children;
  const bad = (offset: number, message: string) =>
    problems.report(
      'bad-block',
      content.place(offset),
      message,
      'write one program with its arguments, or a bash block',
    );
  if (only === undefined) bad(0, 'the block is empty');
  else if (only.type !== 'command' || more.length > 0)
    bad(more[0]?.start ?? only.start, 'a command block is one program with its arguments');
  for (const { words } of script.commands.slice(0, 1)) {
    for (const { literal, node } of words) if (literal === undefined) bad(node.start, 'this needs a shell');
    const name = words[0]?.literal;
    if (name !== undefined && isShellBuiltin(name))
      bad(words[0]?.node.start ?? 0, `${name} is part of a shell`);
    if (name?.includes('{{') === true) bad(0, 'a parameter names the program');
  }
}

function checkPrograms(runbook: Runbook, unit: Unit, block: Block, script: Script, problems: Reporter): void {
  const declared = new Set(runbook.frontMatter.requires ?? []);
  const own = functionsOf(script);
  for (const command of script.commands) {
    const invocation = invocationOf(command);
    const { name } = invocation;
    const place = block.content.place(command.node.start);
    if (
      name !== undefined &&
      !name.includes('{{') &&
      !own.has(name) &&
      !declared.has(name) &&
      !isSecretStore(name) &&
      !isAlwaysThere(name, unit.executor === 'SSH')
    ) {
      problems.report(
        'undeclared-tool',
        place,
        `requires: does not have ${name}`,
        `add it: requires: [${[...declared, name].join(', ')}]`,
      );
    }
    if (name?.includes('{{') === true) {
      problems.report(
        'unsafe-placeholder',
        place,
        `${name} names the program to run`,
        'write the name of the program',
      );
    }
    const destruction = destructionBy(invocation);
    if (destruction !== undefined && !unit.options.destructive) {
      problems.report(
        'unmarked-destructive',
        place,
        `${destruction} takes something away for good`,
        'add destructive to the attributes: ```bash {destructive}',
      );
    }
    const { poll, readOnly } = unit.options;
    if (poll !== undefined && !readOnly && mayChange(invocation)) {
      problems.report(
        'bad-attribute',
        place,
        `only what changes nothing may be repeated, and ${name ?? 'this'} may change something here`,
        'poll with what only looks, in a step after this one; where it only looks, say so: {read}',
      );
    }
  }
}

/** What a script file holds is run later, where nothing quotes. */
function checkScriptFile({ writtenLanguage, content, placeholders }: Block, problems: Reporter): void {
  const isScript =
    /^(ba|da|z|k)?sh$|^shell$|^python|^perl$/.test(writtenLanguage) || content.text.startsWith('#!');
  const [first] = placeholders;
  if (isScript && first !== undefined)
    problems.report(
      'unsafe-placeholder',
      content.place(first.start),
      'a value would become part of a program',
      'let the program take it as an argument',
    );
}
