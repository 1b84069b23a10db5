/**
 * Writes docs/shipped-runbooks.md from the runbooks of runbooks/: `npm run runbook-tables`. A test of the runbooks
 * fails while it is not up to date.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listRunbooks, shippedFolder } from '../src/runbooks/catalogue';
import { openShellParser } from '../src/runbooks/shell/tree';
import { runbookTables } from './runbooks/tables';

async function main(): Promise<void> {
  const file = join(__dirname, '../docs/shipped-runbooks.md');
  writeFileSync(file, runbookTables(listRunbooks(shippedFolder), await openShellParser()));
  console.log(`wrote ${file}`);
}

void main();
