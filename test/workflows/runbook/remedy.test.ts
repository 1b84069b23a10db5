import { problem, type ErrorCode } from '../../../src/domain/errors';
import type { RenderedStep } from '../../../src/domain/runbook/plan';
import { remedyFor } from '../../../src/workflows/runbook/remedy';

const command: RenderedStep = {
  ...{ id: 'a', title: 'A', line: 1, kind: 'change', executor: 'local', place: { at: 'worker' } },
  action: { type: 'script', script: ['touch x'] },
  ...{ shown: 'touch x', instructions: '', expectations: [], captures: [], destructive: false },
};
const request = (path: string): RenderedStep => ({
  ...command,
  executor: 'API',
  place: { at: 'cluster' },
  action: { type: 'request', method: 'POST', path: [path], headers: [], parameters: [], waitForTask: false },
});
const usual = (code: ErrorCode, remedy?: string) =>
  problem(code, { attempted: 'do it', failed: 'it failed', ...(remedy === undefined ? {} : { remedy }) });

describe('the remedy of a step that failed', () => {
  test('names the machine on which a command of unknown outcome may still run', () => {
    const lost = usual('OutcomeUnknown');
    expect(remedyFor({ planned: command }, lost)).toMatch(
      /may still run on the worker's machine.*Look there/,
    );
    const onNode: RenderedStep = { ...command, executor: 'SSH', place: { at: 'node', node: ['pve02'] } };
    expect(remedyFor({ planned: onNode }, lost)).toContain('may still run on pve02');
    const everywhere: RenderedStep = { ...command, executor: 'SSH', place: { at: 'everyNode' } };
    expect(remedyFor({ planned: everywhere, node: 'pve03' }, lost)).toContain('may still run on pve03');
  });

  test('leaves what is said of a guest to requests to the cluster', () => {
    const lost = usual('OutcomeUnknown');
    expect(remedyFor({ planned: request('/nodes/pve01/qemu/100/status/start') }, lost)).toBe(lost.remedy);
    expect(remedyFor({ planned: request('https://hooks.example.org/x') }, lost)).not.toContain('guest');
  });

  test('keeps a remedy that the failure itself brings', () => {
    expect(remedyFor({ planned: command }, usual('OutcomeUnknown', 'Look at x.'))).toBe('Look at x.');
  });
});
