/**
 * Writes the JSON Schemas of schemas/ from the zod schemas that the programs read files with:
 * `npm run schemas`. With `--check` nothing is written: exit code 1 if a file is not up to date.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { scenarioSchema } from '../simulator/scenario/schema';
import { clusterProfileFile } from '../src/config/profiles/schema';
import { clusterConfigFile } from '../src/config/schema';
import { frontMatterSchema } from '../src/runbooks/frontMatter/schema';

const folder = join(__dirname, '..', 'schemas');

/** A schema is added here, and nowhere else. */
const schemas: readonly { readonly file: string; readonly schema: z.ZodType }[] = [
  { file: 'cluster-config.schema.json', schema: clusterConfigFile },
  { file: 'cluster-profile.schema.json', schema: clusterProfileFile },
  { file: 'runbook-front-matter.schema.json', schema: frontMatterSchema },
  { file: 'simulator-scenario.schema.json', schema: scenarioSchema },
];

function jsonSchemaText(schema: z.ZodType): string {
  // Draft 7 and the input's form: what editors' YAML support understands, and what a person writes.
  return `${JSON.stringify(z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }), null, 2)}\n`;
}

function isUpToDate(file: string, text: string): boolean {
  try {
    return readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
}

const stale = schemas
  .map(({ file, schema }) => ({ file: join(folder, file), text: jsonSchemaText(schema) }))
  .filter(({ file, text }) => !isUpToDate(file, text));

if (process.argv.includes('--check')) {
  for (const { file } of stale) console.error(`${file} is not up to date; write it with: npm run schemas`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { file, text } of stale) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`wrote ${file}`);
  }
}
