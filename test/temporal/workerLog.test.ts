import { Secret } from '../../src/domain/secret';
import { createWorkerLog, temporalLogger } from '../../src/temporal/workerLog';

const canary = 'canary-7d1f';

function logged(write: (log: ReturnType<typeof createWorkerLog>) => void): string {
  let text = '';
  write(createWorkerLog('trace', { write: (line: string) => (text += line) }));
  return text;
}

test('a secret is hidden wherever it stands in a line', () => {
  const secret = new Secret(canary);
  const failure = Object.assign(new Error('refused', { cause: Object.assign(new Error('x'), { secret }) }), {
    secret,
  });
  const text = logged((log) => {
    log.info({ secret, nested: { list: [secret], deep: { secret } } }, 'fields');
    log.error({ error: failure }, 'failure');
    temporalLogger(log).warn('from the SDK', { secret, error: failure });
    log.child({ secret }).info('bound');
  });
  expect(text).not.toContain(canary);
  expect(text.match(/\[secret\]/g)?.length).toBeGreaterThanOrEqual(6);
});

test('a line is one JSON object with level, time, process and message', () => {
  const line: unknown = JSON.parse(logged((log) => log.info({ node: 'pve01' }, 'Worker ready')));
  expect(line).toMatchObject({ level: 'info', pid: process.pid, node: 'pve01', msg: 'Worker ready' });
  expect(line).toHaveProperty('time', new Date(Reflect.get(Object(line), 'time') as string).toISOString());
});

test.each(['trace', 'debug', 'info', 'warn', 'error'] as const)(
  'the SDK logs at %s, BigInt fields included',
  (level) => {
    const line: unknown = JSON.parse(
      logged((log) => {
        temporalLogger(log)[level]('told', { sequence: 12n, taskToken: new Uint8Array(3), attempt: 2 });
      }),
    );
    expect(line).toMatchObject({ level, msg: 'told', sequence: '12', attempt: 2 });
    expect(line).not.toHaveProperty('taskToken');
  },
);

test('an error is told with its causes', () => {
  const text = logged((log) => {
    log.error({ error: new Error('outer', { cause: new Error('inner') }) }, 'failed');
  });
  expect(text).toContain('outer');
  expect(text).toContain('inner');
});
