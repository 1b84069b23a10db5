import { Output } from '../../src/client/output';
import { rowTable, type RowColumn } from '../../src/client/view/rowTable';
import { PassThrough } from 'node:stream';
import { processorMs } from '../support/processorTime';

interface Row {
  readonly name: string;
  readonly size: string;
  readonly note: string;
}

const columns: readonly RowColumn<Row>[] = [
  { title: 'name', gives: true, cell: ({ name }) => name },
  { title: 'size', align: 'right', cell: ({ size }) => size },
  { title: 'note', optional: true, cell: ({ note }) => note },
];
const rows: readonly Row[] = [
  { name: 'a-name-that-is-longer-than-others', size: '1', note: '' },
  { name: 'short', size: '200', note: '' },
];

function outputOf(columnsOfTerminal?: number): Output {
  const screen = Object.assign(
    new PassThrough(),
    columnsOfTerminal === undefined ? {} : { isTTY: true, columns: columnsOfTerminal },
  );
  const env = { NO_COLOR: '1' };
  return new Output(
    { stdin: new PassThrough(), stdout: screen, stderr: screen, env, person: 'tester@desk' },
    false,
  );
}

describe('a table of rows', () => {
  it('has one line a row, columns aligned, and no column that is empty', () => {
    expect(rowTable(outputOf(), columns, rows).split('\n')).toEqual([
      'name                               size',
      'a-name-that-is-longer-than-others     1',
      'short                               200',
    ]);
  });

  it('cuts the giving column where the terminal is narrow, and never where there is none', () => {
    expect(rowTable(outputOf(30), columns, rows).split('\n')).toEqual([
      'name                      size',
      'a-name-that-is-longer-t…     1',
      'short                      200',
    ]);
    const [, longest = ''] = rowTable(outputOf(), columns, [
      { name: 'x'.repeat(500), size: '1', note: '' },
    ]).split('\n');
    expect(longest).toContain('x'.repeat(500));
  });

  it('shows a column that any row has something in, and makes control characters harmless', () => {
    const [head, first] = rowTable(outputOf(), columns, [
      { name: 'evil\u001b[2Jname', size: '1', note: 'seen' },
    ]).split('\n');
    expect(head).toMatch(/note$/);
    expect(first).toBe('evil [2Jname     1  seen');
  });

  it('makes ten thousand rows in a moment', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      name: `vm-${index}`,
      size: '1',
      note: 'n',
    }));
    let table = '';
    const usedMs = processorMs(() => (table = rowTable(outputOf(80), columns, many)));
    expect(table.split('\n')).toHaveLength(10_001);
    // The library that wraps needs 20 s and more.
    expect(usedMs).toBeLessThan(5_000);
  });
});
