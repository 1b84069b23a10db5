import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { isTaskProgress } from '../../../src/client/shapes';
import { isAlive } from '../../../src/temporal/childProcess';
import { act, request, startRunbookLab, stepOf, type RunbookLab } from './lab';

const canary = 'canary-77e1c2';

let lab: RunbookLab;
beforeAll(async () => {
  lab = await startRunbookLab(
    'secrets:\n  hook: { file: hook }\n  open: { file: open }\n  empty: { file: empty }',
  );
  writeFileSync(join(lab.folder, 'hook'), `${canary}\n`, { mode: 0o600 });
  writeFileSync(join(lab.folder, 'empty'), '\n', { mode: 0o600 });
  writeFileSync(join(lab.folder, 'open'), `${canary}\n`, { mode: 0o644 });
});
afterAll(async () => lab.close());

const statusOf = (vmid: number) => request('GET', `/nodes/pve01/qemu/${vmid}/status/current`);

describe('a request', () => {
  test('answers with its data as JSON, of which parts are captured', async () => {
    const done = await act(
      lab.runbook.readStep,
      stepOf(statusOf(101), { values: {}, kind: 'read', captures: [{ name: 'state', path: ['status'] }] }),
    );
    expect(done).toMatchObject({ unmet: [], status: 200, captures: { state: 'running' } });
  });

  test('takes an HTTP status that is expected as an answer, any other as a failure', async () => {
    const missing = statusOf(999);
    await expect(
      act(lab.runbook.readStep, stepOf(missing, { values: {}, kind: 'read' })),
    ).rejects.toMatchObject({
      type: 'GuestNotFound',
    });
    const expected = stepOf(missing, {
      values: {},
      kind: 'read',
      expectations: [{ kind: 'status', status: 500 }],
    });
    await expect(act(lab.runbook.readStep, expected)).resolves.toMatchObject({ unmet: [], status: 500 });
  });

  test('says which value is missing, and refuses one that would walk up the path', async () => {
    const action = {
      ...request('GET', ''),
      path: ['/nodes/', { value: 'where', as: 'url' as const }, '/status'],
    } as const;
    await expect(act(lab.runbook.readStep, stepOf(action))).rejects.toThrow('{{where}} has no value');
    await expect(
      act(lab.runbook.readStep, stepOf(action, { values: { where: '..' } })),
    ).rejects.toMatchObject({ type: 'InputInvalid' });
  });

  test('that changes something without a task is not sent again where its answer was lost', async () => {
    const withdraw = lab.simulator.control.faultRequest(
      { method: 'PUT', path: '/nodes/pve01/qemu/102/config' },
      { moment: 'before answering', then: 'drop' },
    );
    const change = stepOf(request('PUT', '/nodes/pve01/qemu/102/config', { description: 'seen' }));
    await expect(act(lab.runbook.changeStep, change)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    withdraw();
    const sent = lab.simulator.control.requests().filter(({ method }) => method === 'PUT');
    expect(sent).toHaveLength(1);
  });
});

describe('a request that begins a task', () => {
  const start = stepOf(request('POST', '/nodes/pve01/qemu/103/status/start'));

  test('is found again by its task after a lost answer; older tasks of its kind are left alone', async () => {
    const outlook = await act(lab.runbook.lookBefore, start);
    expect(outlook).toEqual({ isAdoptable: true, isRepeatable: true, knownTasks: [] });
    const withdraw = lab.simulator.control.faultRequest(
      { method: 'POST', path: '/nodes/pve01/qemu/103/status/start' },
      { moment: 'before answering', then: 'drop' },
    );
    const begun = await act(lab.runbook.startTask, { ...start, settledTasks: [] });
    withdraw();
    expect(begun.kind).toBe('adopted');
    const upid = 'upid' in begun ? begun.upid : '';
    expect(upid).toContain(':qmstart:103:');
    const ended = await act(lab.runbook.awaitTask, { upid, stallAfterMs: 20_000 });
    expect(ended).toMatchObject({ kind: 'ended', succeeded: true, exit: 'OK' });
    const again = await act(lab.runbook.lookBefore, start);
    expect(again.knownTasks).toEqual([upid]);
    await expect(act(lab.runbook.lookForTask, { ...start, settledTasks: [upid] })).resolves.toEqual({
      kind: 'nothing',
    });
  });

  test('never takes a task for its own of which it can not be told whether it is older', async () => {
    const begun = await act(lab.runbook.startTask, { ...start, settledTasks: [] });
    const own = 'upid' in begun ? begun.upid : '';
    await act(lab.runbook.awaitTask, { upid: own, stallAfterMs: 20_000 });
    const { tasks } = lab.simulator.control.cluster;
    const look = async () => act(lab.runbook.lookForTask, { ...start, settledTasks: [] });
    const others = (count: number, from: number): void => {
      for (let index = from; index < from + count; index += 1) {
        const pid = index.toString(16).padStart(8, '0').toUpperCase();
        const upid = own
          .replace(/^(UPID:pve01):[^:]+:/, `$1:${pid}:`)
          .replace(':qmstart:103:', ':qmconfig:104:');
        tasks.restore({ upid, endTime: Date.now(), exitStatus: 'OK', log: ['TASK OK'] });
      }
    };
    others(9_000, 100_000);
    expect(await look()).toEqual({ kind: 'adopted', upid: own });
    others(1_000, 200_000);
    expect(await look()).toEqual({ kind: 'nothing' });
  });

  test('tells how far it is while it is waited for', async () => {
    const { control } = lab.simulator;
    control.setUrl({ url: 'https://images.example/a.iso', size: '2G' });
    const place = '/nodes/pve01/storage/local/download-url';
    const parameters = { url: 'https://images.example/a.iso', filename: 'a.iso', content: 'iso' };
    control.setSpeed(0.1);
    const begun = await act(lab.runbook.startTask, {
      ...stepOf(request('POST', place, parameters)),
      settledTasks: [],
    });
    const environment = new MockActivityEnvironment();
    const upid = 'upid' in begun ? begun.upid : '';
    const told = new Promise<unknown>((resolve) => {
      environment.on('heartbeat', (details: unknown) => {
        if (isTaskProgress(details)) resolve(details);
      });
    });
    const waiting = environment.run(lab.runbook.awaitTask, { upid, stallAfterMs: 20_000 });
    expect(await told).toMatchObject({ upid, totalBytes: 2 * 1024 ** 3 });
    control.setSpeed(50);
    await waiting;
  });

  test('that destroys is not sent twice: gone is enough', async () => {
    lab.simulator.control.addGuest({ vmid: 150, node: 'pve01', name: 'old', status: 'stopped', config: {} });
    const destroy = stepOf(request('DELETE', '/nodes/pve01/qemu/150'), { values: {}, kind: 'destroy' });
    await expect(act(lab.runbook.lookBefore, destroy)).resolves.toMatchObject({
      isAdoptable: true,
      isRepeatable: false,
    });
    lab.simulator.control.removeGuest(150);
    await expect(act(lab.runbook.lookForTask, { ...destroy, settledTasks: [] })).resolves.toEqual({
      kind: 'gone',
    });
  });
});

describe('the removal of an image, of which the answer is lost', () => {
  const address = 'https://images.example/old.iso';
  const content = '/nodes/pve01/storage/local/content';
  const remove = stepOf(request('DELETE', `${content}/local%3Aiso%2Fold.iso`), {
    values: {},
    kind: 'destroy',
  });
  beforeAll(async () => {
    lab.simulator.control.setUrl({ url: address, size: '1M' });
    const parameters = { url: address, filename: 'old.iso', content: 'iso' };
    const download = request('POST', '/nodes/pve01/storage/local/download-url', parameters);
    const begun = await act(lab.runbook.startTask, { ...stepOf(download), settledTasks: [] });
    await act(lab.runbook.awaitTask, { upid: 'upid' in begun ? begun.upid : '', stallAfterMs: 20_000 });
  });

  function loseAnswer(moment: 'before handling' | 'before answering'): void {
    lab.simulator.control.faultRequest({ method: 'DELETE' }, { moment, then: 'drop' });
  }

  const begin = async () => act(lab.runbook.startTask, { ...remove, settledTasks: [], isFirst: true });
  const look = async () => act(lab.runbook.lookForTask, { ...remove, settledTasks: [] });

  test('is looked at before, and sent once', async () => {
    await expect(act(lab.runbook.lookBefore, remove)).resolves.toEqual({
      ...{ isAdoptable: true, isRepeatable: false, knownTasks: [] },
    });
  });

  test('is a question where the image is still there', async () => {
    loseAnswer('before handling');
    await expect(begin()).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    expect(await look()).toEqual({ kind: 'nothing' });
  });

  test('is a question too where nothing can be seen for another reason: it is never sent again by itself', async () => {
    loseAnswer('before handling');
    const unseen = lab.simulator.control.faultRequest(
      { method: 'GET', path: content, times: 100 },
      { moment: 'before handling', then: 'drop' },
    );
    await expect(begin()).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    unseen();
  });

  test('is done where the image is gone', async () => {
    loseAnswer('before answering');
    expect(await begin()).toEqual({ kind: 'gone' });
    expect(await look()).toEqual({ kind: 'gone' });
  });
});

describe('a command of this machine', () => {
  const program = (...words: string[]) => ({ type: 'program', words: words.map((word) => [word]) }) as const;

  test('is run without a shell, in a small environment, in the folder of the configuration', async () => {
    process.env['PXM_TEST_LEAK'] = canary;
    const shown = await act(lab.runbook.changeStep, stepOf(program('env')));
    Reflect.deleteProperty(process.env, 'PXM_TEST_LEAK');
    expect(shown.output).toContain('PATH=');
    expect(shown.output).not.toContain(canary);
    const echoed = await act(lab.runbook.changeStep, stepOf(program('echo', '$(id)', '; rm -rf /', '*')));
    expect(echoed.output).toBe('$(id) ; rm -rf / *');
    const where = await act(lab.runbook.changeStep, stepOf(program('pwd')));
    expect(where.output).toBe(lab.folder);
  });

  test('that fails is not as expected; one that is not there says so; one that hangs is killed', async () => {
    const failed = await act(lab.runbook.changeStep, stepOf(program('false')));
    expect(failed).toMatchObject({ exitCode: 1, unmet: ['exit code 0 (it was 1)'] });
    await expect(act(lab.runbook.changeStep, stepOf(program('no-such-program')))).rejects.toMatchObject({
      type: 'CommandFailed',
    });
    const hanging = stepOf(program('sleep', '60'), { values: {}, timeoutMs: 300 });
    await expect(act(lab.runbook.changeStep, hanging)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    await expect(
      act(lab.runbook.readStep, { ...hanging, step: { ...hanging.step, kind: 'read' } }),
    ).rejects.toMatchObject({ type: 'CommandTimedOut' });
  });

  test('that leaves behind what goes its own way and keeps its output open is not waited for beyond its time', async () => {
    const pidFile = join(lab.folder, 'left.pid');
    const script = { type: 'script', script: [`setsid sleep 1000 & echo $! >${pidFile}; wait`] } as const;
    const left = stepOf(script, { values: {}, timeoutMs: 300 });
    await expect(act(lab.runbook.changeStep, left)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });

  test('gets secrets on standard input, and what it prints of them is cut out', async () => {
    const action = { ...program('cat'), stdin: ['token=', { secret: 'hook' }] } as const;
    const done = await act(lab.runbook.changeStep, stepOf(action));
    expect(done.output).toBe('token=[secret]');
    const own = await act(lab.runbook.changeStep, stepOf(program('cat', lab.tokenFile)));
    expect(own.output).toMatch(/automation\n\[secret\]$/);
  });

  test.each([
    ['nowhere', 'CredentialsMissing'],
    ['empty', 'CredentialsMalformed'],
    ['open', 'CredentialsMalformed'],
  ])('waits for the secret %s with %s, which shows nothing of it', async (secret, type) => {
    const action = { ...program('cat'), stdin: [{ secret }] } as const;
    const failure: unknown = await act(lab.runbook.changeStep, stepOf(action)).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ type });
    expect(JSON.stringify(failure)).not.toContain(canary);
  });

  test('keeps the end of a long output', async () => {
    const script = { type: 'script', script: ['seq 1 5000'] } as const;
    const done = await act(lab.runbook.changeStep, stepOf(script));
    expect(done.isCut).toBe(true);
    expect(done.output).toMatch(/4999\n5000$/);
    expect(done.output.length).toBeLessThanOrEqual(4000);
  });
});

test('a file is written whole with its mode, here and on a node', async () => {
  const action = { type: 'file', path: ['made.txt'], content: ['a\n'], mode: '0640' } as const;
  await act(lab.runbook.writeFileStep, stepOf(action));
  expect(readFileSync(join(lab.folder, 'made.txt'), 'utf8')).toBe('a\n');
  const there = {
    ...stepOf({ ...action, path: ['/root/made.txt'] }, { values: {}, executor: 'SSH' }),
    node: 'pve03',
  };
  await act(lab.runbook.writeFileStep, there);
  expect(lab.simulator.control.files('pve03').read('/root/made.txt').toString()).toBe('a\n');
  await expect(act(lab.runbook.writeFileStep, { ...there, node: 'pve09' })).rejects.toMatchObject({
    type: 'CommandFailed',
  });
});

test('what is left of a file whose writing was cut is taken away by the next attempt', async () => {
  const files = lab.simulator.control.files('pve02');
  const action = { type: 'file', path: ['/root/cut.txt'], content: ['a\n'], mode: '0640' } as const;
  const step = { ...stepOf(action, { values: {}, executor: 'SSH' }), node: 'pve02' };
  lab.simulator.control.faultCommand(
    { kind: 'sftp', argv: ['posix-rename'] },
    { moment: 'before handling', then: 'drop' },
  );
  await expect(act(lab.runbook.writeFileStep, step)).rejects.toMatchObject({ type: 'SshUnreachable' });
  const ofCut = () => files.list('/root').filter((name) => name.includes('cut.txt'));
  expect(ofCut()).toEqual([expect.stringContaining('.pxm-')]);
  await act(lab.runbook.writeFileStep, step, 2);
  expect(ofCut()).toEqual(['cut.txt']);
});

describe('a request to somebody else', () => {
  const hook = (path: string, value: readonly (string | { readonly secret: string })[]) =>
    ({
      ...request('POST', path, { text: 'hello' }),
      headers: [{ name: 'x-token', value }],
    }) as const;

  test('is not sent to a server whose certificate is not trusted', async () => {
    const [node] = lab.simulator.nodes;
    const before = lab.simulator.control.requests().length;
    const action = hook(`https://127.0.0.1:${node?.port ?? 0}/hook`, [{ secret: 'hook' }]);
    const failure: unknown = await act(lab.runbook.changeStep, stepOf(action)).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ type: 'CommandFailed' });
    expect(JSON.stringify(failure)).toMatch(/CERT|VERIFY/);
    expect(JSON.stringify(failure)).not.toContain(canary);
    expect(lab.simulator.control.requests()).toHaveLength(before);
  });

  test('has no header that would begin another one', async () => {
    const action = hook('https://127.0.0.1:1/hook', [{ secret: 'hook' }, '\r\nx-other: 1']);
    const failure: unknown = await act(lab.runbook.changeStep, stepOf(action)).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ type: 'InputInvalid' });
    expect(JSON.stringify(failure)).not.toContain(canary);
  });
});
