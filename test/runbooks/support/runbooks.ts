import type { RenderedRunbook } from '../../../src/domain/runbook/plan';
import { checkRunbook, type CheckedRunbook } from '../../../src/runbooks/check/check';
import type { Callee } from '../../../src/runbooks/check/calls';
import { renderRunbook, type RunbookRequest as RenderRequest } from '../../../src/runbooks/render/render';
import type { RunbookSurroundings } from '../../../src/runbooks/render/parameters';
import { openShellParser, type ShellParser } from '../../../src/runbooks/shell/tree';

let opened: Promise<ShellParser> | undefined;

/** One parser for a test file. */
export function shellParser(): Promise<ShellParser> {
  opened ??= openShellParser();
  return opened;
}

/** What the runbooks of the tests may call. */
export const callees: readonly Callee[] = [
  {
    name: 'storage-check',
    parameters: () => [
      { name: 'node', required: true },
      { name: 'full_percent', required: false },
    ],
  },
];

/** A whole runbook around some steps; the parameters are those that the steps of the tests use. */
export function around(steps: string): string {
  return `---
name: example
description: An example
requires: [api, ssh, jq, talosctl]
params:
  node: { type: node }
  vmid: { type: vmid, default: 100 }
  text: { default: '' }
  names: { type: list, default: 'a,b' }
secrets:
  password: what the service asks for
---

# Example

## Steps

${steps}
`;
}

/** Checks a text, as a file of the name that it gives itself. */
export async function checkText(text: string): Promise<CheckedRunbook> {
  const [, name = 'example'] = /^name: ([a-z0-9.-]+)$/m.exec(text) ?? [];
  return checkRunbook(`${name}.md`, Buffer.from(text), await shellParser(), callees);
}

/** Kinds of the problems, those about unused parameters left out: few examples use all. */
export function kindsOf({ problems }: CheckedRunbook): readonly string[] {
  return problems.filter(({ kind }) => kind !== 'unused-parameter').map(({ kind }) => kind);
}

/** A cluster as the configuration has it. */
export const surroundings: RunbookSurroundings = {
  cluster: 'lab',
  nodes: ['pve01', 'pve02'],
  conventions: {
    defaults: { storage: 'local-lvm', networkBridge: 'vmbr0', cpu: 'host' },
    cloudinit: { defaultUser: 'ada', vendorSnippetPath: '/var/lib/vz/snippets/' },
    ansible: {},
  },
};

/** Renders a text. Throws as renderRunbook does. */
export async function renderText(
  text: string,
  parameters: Readonly<Record<string, string>> = {},
  more: Omit<RenderRequest, 'parameters'> = {},
): Promise<RenderedRunbook> {
  const checked = await checkText(text);
  return renderRunbook(checked, { parameters, ...more }, surroundings, await shellParser());
}
