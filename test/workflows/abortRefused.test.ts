import { isAbortRefused } from '../../src/workflows/abortRefused';

test.each([
  ['was never asked', {}, true],
  ['had refused', { abortAsked: true, abortRefused: true }, true],
  ['had agreed', { abortAsked: true }, false],
])('a refusal to stop a task counts where Proxmox %s: %j', (_title, before, isRefused) => {
  const asked = { abortAsked: undefined, abortRefused: undefined, ...before };
  expect(isAbortRefused(asked, false)).toBe(isRefused);
  expect(isAbortRefused(asked, true)).toBe(false);
});
