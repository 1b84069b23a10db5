import Table from 'cli-table3';
import type { MutationTally } from '../mutate/run';
import type { ExchangeResult, RecordingResult } from '../replay/replay';
import type { RecordingFigures } from './verdict';

/** Writes one line of the report. */
export type Print = (line: string) => void;

/** Every mismatch of a recording, each with the exchange it belongs to. */
export function printMismatches({ recording, results, failedEvents }: RecordingResult, print: Print): void {
  for (const event of failedEvents) print(`${recording.name} ${event}`);
  for (const { exchange, mismatches } of results) {
    for (const { path, expected, actual } of mismatches) {
      print(`${recording.name} #${exchange.index} "${exchange.title.trim()}": ${path}`);
      print(`    expected ${expected}`);
      print(`    actual   ${actual}`);
    }
  }
}

/** A recording with both answers of every exchange: for those who work on it. */
export function printRecording({ recording, results }: RecordingResult, print: Print): void {
  for (const result of results) printExchange(recording.name, result, print);
}

function printExchange(name: string, { exchange, actual, mismatches }: ExchangeResult, print: Print): void {
  const { request, answer, index, title } = exchange;
  const params = request.body ?? (request.params === null ? '' : JSON.stringify(request.params));
  print(`${mismatches.length === 0 ? 'passed' : 'FAILED'} ${name} #${index} "${title.trim()}"`);
  print(
    `  ${request.method} ${request.path} ${params} (${request.auth ?? 'default'} at ${request.node ?? 'any node'})`,
  );
  for (const [label, { status, reason, body, task }] of [
    ['expected', answer],
    ['actual  ', actual],
  ] as const) {
    print(
      `  ${label} ${status} ${reason} ${JSON.stringify(body)}${task === undefined ? '' : ` task ${JSON.stringify(task)}`}`,
    );
  }
  for (const { path, expected, actual: now } of mismatches)
    print(`  ! ${path}: expected ${expected}, actual ${now}`);
}

function table(head: string[], rows: (string | number)[][]): string {
  const drawn = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: head.map((_, at) => (at === 0 ? 'left' : 'right')),
  });
  drawn.push(...rows);
  return drawn.toString();
}

/** One row per recording. */
export function printFigures(figures: readonly RecordingFigures[], print: Print): void {
  const rows = figures.map(({ name, passed, failed, superseded, notRest }) => [
    name,
    passed,
    failed,
    superseded,
    notRest,
  ]);
  print(table(['recording', 'passed', 'failed', 'superseded', 'not REST'], rows));
}

/** One row per kind of mutation, and the name of each that was missed. */
export function printMutations(tallies: readonly MutationTally[], print: Print): void {
  const rows = tallies.map(({ kind, applied, caught, missed }) => [
    kind,
    applied,
    caught,
    missed.length,
    applied === 0 ? '-' : `${((100 * caught) / applied).toFixed(1)} %`,
  ]);
  print(table(['mutation', 'applied', 'caught', 'missed', 'share'], rows));
  for (const { kind, missed } of tallies) {
    for (const { recording, index, title, where } of missed) {
      print(`missed: ${kind}: ${recording} #${index} "${title.trim()}": ${where}`);
    }
  }
}
