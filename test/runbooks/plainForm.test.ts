import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedFolder } from '../../src/runbooks/catalogue';
import { isUsable } from '../../src/runbooks/problems';
import { around, checkText, kindsOf, renderText } from './support/runbooks';

/** The form that the project began with, as its template shows it. */
const plain = `---
name: procedure-name
description: One-line description of what this procedure does
image_type: cloudinit | iso | qcow2 | raw | none
requires: [api, ssh]
---

# Procedure Title

## Parameters

- param_name: Description (default: value)
- param_name: Description (required)

## Prerequisites

- List any prerequisites (e.g., "ISO must be uploaded to node storage")

## Steps

1. **Step description** (API|SSH)
   \`\`\`bash
   command here
   \`\`\`
   Expected result: description

2. **Next step** (API|SSH)
   \`\`\`bash
   command here
   \`\`\`
   Expected result: description

## Cleanup

- List any cleanup actions (e.g., "Remove downloaded image from /tmp")

## Notes

- Any important caveats or variations
`;

describe('a runbook in the plain form', () => {
  it('is valid as its template stands; what is not filled in yet is warned of', async () => {
    const checked = await checkText(plain);
    expect(isUsable(checked.problems)).toBe(true);
    expect(new Set(kindsOf(checked))).toEqual(new Set(['placeholder']));
  });

  it('is runnable: bash over SSH on a chosen node, expectations by the rule, clean-up as notes', async () => {
    const filled = plain
      .replace('command here', 'echo {{param_name}}')
      .replace('Expected result: description', 'Expected result: `value`')
      .replace('command here', 'ls <PARAM_NAME>');
    const { steps, parameters } = await renderText(filled, {}, { node: 'pve02' });
    expect(parameters).toEqual([{ name: 'param_name', value: 'value', from: 'default' }]);
    expect(steps).toMatchObject([
      {
        executor: 'SSH',
        kind: 'read',
        place: { at: 'node', node: ['pve02'] },
        shown: `pxm_param_name='value'\necho "\${pxm_param_name}"`,
        expectations: [{ kind: 'contains', text: ['value'] }],
      },
      { shown: `pxm_param_name='value'\nls "\${pxm_param_name}"`, expectations: [] },
    ]);
  });

  it('needs a node where it names none', async () => {
    const filled = plain.replaceAll('command here', 'ls');
    await expect(renderText(filled)).rejects.toThrow('choose one with --node');
  });

  it('may have steps as headings, below other headings', async () => {
    const F = '```';
    const text = around(
      `### Phase\n\nSome words.\n\n#### Step 1: One (SSH)\n\n${F}bash\nls\n${F}\n\nExpected: \`a\`\n\n#### 2) Two (API)\n\n${F}http\nGET /version\n${F}\n`,
    );
    const { steps } = await renderText(text, { node: 'pve01' });
    expect(steps).toMatchObject([
      { title: 'One', group: 'Phase', executor: 'SSH', expectations: [{ kind: 'contains' }] },
      { title: 'Two', group: 'Phase', executor: 'API' },
    ]);
  });
});

describe('the shipped runbooks', () => {
  const files = readdirSync(shippedFolder).filter((it) => it.endsWith('.md'));
  it.each(files)('%s has no problem', async (name) => {
    const { problems } = await checkText(readFileSync(join(shippedFolder, name), 'utf8'));
    expect(problems).toEqual([]);
  });
});
