import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { recordingStateSchema } from './schema';

/** Where the published JSON Schema of state files is. */
export const stateSchemaFile = join(__dirname, '../../../schemas/conformance-state.schema.json');

/** The JSON Schema of state files, as text: for editors, and for whoever writes states of recordings of their own. */
export function stateJsonSchema(): string {
  const schema = z.toJSONSchema(recordingStateSchema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
  });
  return `${JSON.stringify({ title: 'State that a recording implies', ...schema }, null, 2)}\n`;
}

if (require.main === module) writeFileSync(stateSchemaFile, stateJsonSchema());
