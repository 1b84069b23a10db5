/** The procedure that is run on the new template. */
export const procedureName = 'guest-from-template';

/** The guest that it makes: nobody leases its VMID. */
const guestVmid = 1500;

/**
 * A runbook in the plain form: what a person types on a node, and what is seen then. Its VMIDs are written out: values
 * reach a script as variables of its shell, and that of the simulated nodes has none.
 */
export function procedureText(templateVmid: number): string {
  return `---
name: ${procedureName}
description: Make a guest of a template and see that it runs
image_type: none
requires: [ssh]
---

# A guest from a template

## Parameters

- node: Node that has the template (required)

## Prerequisites

- The template has been booted once.

## Steps

1. **See that this is the node** (SSH)
   \`\`\`bash
   hostname
   \`\`\`
   Expected result: \`{{node}}\`

2. **See that VM ${templateVmid} is a template** (SSH)
   \`\`\`bash
   qm config ${templateVmid} | grep template:
   \`\`\`
   Expected result: \`template: 1\`

3. **Clone it** (SSH)
   \`\`\`bash
   qm clone ${templateVmid} ${guestVmid} --name web-2
   \`\`\`
   Expected result: a linked clone, made in a moment

4. **Start the guest** (SSH)
   \`\`\`bash
   qm start ${guestVmid}
   \`\`\`

5. **See that it runs** (SSH)
   \`\`\`bash
   qm status ${guestVmid}
   \`\`\`
   Expected result: \`status: running\`

## Cleanup

- Delete the guest once nobody needs it.

## Notes

- As long as the guest is there the template can't be deleted.
`;
}
