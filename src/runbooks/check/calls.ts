import { nearestWord } from '../../config/nearest';
import type { Block, Call } from '../ast';
import { builtinOf, builtins } from '../builtins';
import { destroys, requestOf } from '../requests';
import type { Reporter } from '../problems';
import type { Unit } from '../sequence';

/** What a runbook that is called looks like from outside. */
export interface Callee {
  readonly name: string;
  /** Read from its file only where a call is checked. */
  readonly parameters: () => readonly { readonly name: string; readonly required: boolean }[];
}

/** http, builtin and runbook blocks: their first lines and arguments. */
export function checkCalls(
  units: readonly Unit[],
  callees: readonly Callee[] | undefined,
  problems: Reporter,
): void {
  for (const { block } of units) {
    if (block?.call === undefined) continue;
    if (block.language === 'http') checkRequest(block, block.call, problems);
    else if (block.language === 'builtin') checkBuiltin(block, block.call, problems);
    else checkRunbookCall(block.call, callees, problems);
    reportDoubles(block.call, problems);
  }
}

function checkRequest({ options, place }: Block, call: Call, problems: Reporter): void {
  const request = requestOf(call);
  if (request === undefined) {
    problems.report(
      'bad-block',
      call.head.place(0),
      `${JSON.stringify(call.head.text)} is no request`,
      'write e.g. GET /version, or POST /nodes/{{node}}/qemu',
    );
    return;
  }
  if (request.path.split(/[/?]/).includes('..')) {
    problems.report('bad-block', call.head.place(0), 'the path has ..', 'write the whole path');
  }
  const isOwn = request.path.startsWith('/');
  if (isOwn && call.headers[0] !== undefined) {
    problems.report(
      'bad-block',
      call.headers[0].place,
      'requests to the cluster have the headers that they need',
      'remove this line',
    );
  }
  if (options.waitForTask && (request.method === 'GET' || !isOwn)) {
    problems.report(
      'bad-attribute',
      place,
      'wait=task waits for what a change of the cluster began',
      'remove it',
    );
  }
  if (destroys(request) && !options.destructive) {
    problems.report(
      'unmarked-destructive',
      call.head.place(0),
      `${request.method} ${request.path} takes something away`,
      'add destructive to the attributes: {destructive}',
    );
  }
}

function checkBuiltin({ options, place }: Block, call: Call, problems: Reporter): void {
  const { head } = call;
  const builtin = builtinOf(head.text);
  if (builtin === undefined) {
    const names = builtins.map(({ name }) => name);
    const nearest = nearestWord(head.text, names);
    problems.report(
      'bad-block',
      head.place(0),
      `there is no built-in ${head.text}`,
      nearest === undefined ? `use one of ${names.join(', ')}` : `did you mean ${nearest}?`,
    );
    return;
  }
  const allowed = [...builtin.required, ...builtin.optional];
  for (const it of call.arguments) {
    if (!allowed.includes(it.name))
      problems.report(
        'bad-block',
        it.place,
        `${builtin.name} takes no ${it.name}`,
        allowed.length === 0 ? 'remove it' : `it takes ${allowed.join(', ')}`,
      );
  }
  for (const name of builtin.required) {
    if (!call.arguments.some((it) => it.name === name))
      problems.report('bad-block', head.place(0), `${builtin.name} lacks ${name}`, `add a line ${name}=...`);
  }
  if (!builtin.answers && options.captures.length > 0)
    problems.report(
      'bad-attribute',
      place,
      `${builtin.name} answers nothing that could be captured`,
      'remove capture',
    );
}

function checkRunbookCall(call: Call, callees: readonly Callee[] | undefined, problems: Reporter): void {
  if (callees === undefined) return;
  const { head } = call;
  const callee = callees.find(({ name }) => name === head.text);
  if (callee === undefined) {
    const names = callees.map(({ name }) => name);
    const nearest = nearestWord(head.text, names);
    problems.report(
      'unknown-runbook',
      head.place(0),
      `there is no runbook ${head.text}`,
      nearest === undefined ? 'pxm runbook list shows all' : `did you mean ${nearest}?`,
    );
    return;
  }
  const parameters = callee.parameters();
  for (const it of call.arguments) {
    if (!parameters.some(({ name }) => name === it.name))
      problems.report(
        'unknown-parameter',
        it.place,
        `${callee.name} has no parameter ${it.name}`,
        `pxm runbook show ${callee.name} lists them`,
      );
  }
  for (const { name, required } of parameters) {
    if (required && !call.arguments.some((it) => it.name === name))
      problems.report(
        'unknown-parameter',
        head.place(0),
        `${callee.name} needs ${name}`,
        `add a line ${name}=...`,
      );
  }
}

function reportDoubles(call: Call, problems: Reporter): void {
  call.arguments.forEach((it, index) => {
    // Lists of a form are given by repeating a name.
    if (
      call.arguments.findIndex(({ name, value }) => name === it.name && value.text === it.value.text) < index
    )
      problems.report('bad-block', it.place, `${it.name} is there twice with the same value`, 'remove one');
  });
}
