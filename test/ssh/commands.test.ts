import { inspect } from 'node:util';

import { Secret } from '../../src/domain/secret';
import { failureOf, hostOf, makeHome, until, useCleanUp } from './support/home';

const onEnd = useCleanUp();
const read = { kind: 'read' } as const;
const change = { kind: 'change' } as const;

async function start(options: Parameters<ReturnType<typeof makeHome>['server']>[0] = {}) {
  const home = makeHome(onEnd);
  const server = await home.server(options);
  return { server, ssh: home.ssh(), host: hostOf(server), home };
}

test('a command gives its output, both streams apart', async () => {
  const { ssh, host } = await start();
  const result = await ssh.run(host, { script: 'echo out; echo err >&2' }, read);
  expect(result.exitCode).toBe(0);
  expect(result.stdout.text()).toBe('out');
  expect(result.stderr.text()).toBe('err');
});

test('words reach the program as they are, whatever stands in them', async () => {
  const { ssh, host } = await start();
  const words = [
    'a b',
    "it's",
    '$HOME',
    '`id`',
    '"',
    '\\',
    '*',
    '!',
    '~',
    '',
    'ä\nö',
    '-n',
    '#x',
    '; exit 3',
    "'",
  ];
  const result = await ssh.run(host, { words: ['printf', '%s\\0', ...words] }, read);
  expect(result.stdout.bytes().toString().split('\0').slice(0, -1)).toEqual(words);
});

test('a script gets what varies as its arguments', async () => {
  const { ssh, host } = await start();
  const result = await ssh.run(host, { script: 'echo "$2-$1"', args: ['$(id)', "o'k"] }, read);
  expect(result.stdout.text()).toBe("o'k-$(id)");
});

test('an exit code other than 0 is an error with the words of the command', async () => {
  const { ssh, host } = await start();
  const error = await failureOf(ssh.run(host, { script: 'echo no such role >&2; exit 7' }, change));
  expect(error.code).toBe('CommandFailed');
  expect(error.problem.failed).toContain('exit code 7');
  expect(error.problem.proxmoxSaid).toBe('no such role');
});

test('any end is given back where the caller asks for it', async () => {
  const { ssh, host } = await start();
  const failed = await ssh.run(host, { script: 'exit 7' }, { ...read, anyExit: true });
  expect(failed.exitCode).toBe(7);
  const killed = await ssh.run(host, { script: 'kill -KILL $$' }, { ...read, anyExit: true });
  expect(killed).toMatchObject({ exitCode: undefined, endedBySignal: 'SIGKILL' });
});

test('one megabyte of output comes whole', async () => {
  const { ssh, host } = await start();
  const result = await ssh.run(host, { script: 'head -c 1048576 /dev/zero | tr "\\0" x' }, read);
  expect(result.stdout.truncated).toBe(false);
  expect(result.stdout.bytes().equals(Buffer.alloc(1_048_576, 'x'))).toBe(true);
});

test('binary output comes byte by byte, and binary input goes so', async () => {
  const { ssh, host } = await start();
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
  const result = await ssh.run(host, { words: ['cat'] }, { ...read, stdin: bytes });
  expect(result.stdout.bytes().equals(bytes)).toBe(true);
});

test('output beyond the limit is left out and said to be', async () => {
  const { ssh, host } = await start();
  const result = await ssh.run(
    host,
    { script: 'head -c 1048576 /dev/zero | tr "\\0" x; echo e >&2' },
    { ...read, maximumOutputBytes: 1000 },
  );
  expect(result.stdout.bytes()).toHaveLength(1000);
  expect(result.stdout.truncated).toBe(true);
  expect(result.stderr.truncated).toBe(false);
});

test('a command that waits for input finds its end', async () => {
  const { ssh, host } = await start();
  const result = await ssh.run(host, { words: ['cat'] }, { ...read, timeoutMs: 20_000 });
  expect(result.stdout.text()).toBe('');
});

describe('a hanging command', () => {
  const hanging = { script: 'exec sleep 1000' };

  test('is ended by a signal at its time limit; for a read that is a timeout', async () => {
    const { ssh, host } = await start();
    const error = await failureOf(ssh.run(host, hanging, { ...read, timeoutMs: 100 }));
    expect(error.code).toBe('CommandTimedOut');
    expect(error.problem.failed).toContain('it has ended');
  });

  test('has an unknown outcome at its time limit if it changes something', async () => {
    const { ssh, host } = await start();
    const error = await failureOf(ssh.run(host, hanging, { ...change, timeoutMs: 100 }));
    expect(error.code).toBe('OutcomeUnknown');
    expect(error.retryable).toBe(false);
  });

  test('that does not mind SIGTERM is killed', async () => {
    const { ssh, host } = await start();
    const error = await failureOf(
      ssh.run(host, { script: 'trap "" TERM; while :; do sleep 1000; done' }, { ...read, timeoutMs: 300 }),
    );
    expect(error.code).toBe('CommandTimedOut');
  });

  test('is ended when it is cancelled', async () => {
    const { ssh, host, server } = await start();
    const cancellation = new AbortController();
    const running = failureOf(ssh.run(host, hanging, { ...read, signal: cancellation.signal }));
    await until(() => server.commands().length === 1);
    cancellation.abort();
    const error = await running;
    expect(error.code).toBe('Interrupted');
    expect(error.problem.failed).toContain('it has ended');
  });

  test('is sent the signal after the end of its input too, and its channel is closed', async () => {
    const lines: string[] = [];
    const { ssh, host } = await start({ onProtocol: (line) => lines.push(line) });
    const error = await failureOf(ssh.run(host, hanging, { ...change, stdin: 'x', timeoutMs: 200 }));
    expect(error.code).toBe('OutcomeUnknown');
    const order = ['CHANNEL_EOF', 'signal: TERM', 'signal: KILL', 'Inbound: CHANNEL_CLOSE'];
    const places = order.map((text) => lines.findIndex((line) => line.includes(text)));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((left, right) => left - right));
  });

  test('leaves its connection to others', async () => {
    const { ssh, host, server } = await start();
    await failureOf(ssh.run(host, hanging, { ...read, timeoutMs: 100 }));
    await ssh.run(host, { words: ['true'] }, read);
    expect(server.logins()).toBe(1);
  });
});

test('what is cancelled before it began is not begun', async () => {
  const { ssh, host, server } = await start();
  const error = await failureOf(
    ssh.run(host, { words: ['true'] }, { ...change, signal: AbortSignal.abort() }),
  );
  expect(error.code).toBe('Interrupted');
  expect(server.commands()).toEqual([]);
});

describe('a connection that is cut in the middle of a command', () => {
  async function cutDuring(kind: 'read' | 'change') {
    const { ssh, host, server } = await start();
    const running = failureOf(ssh.run(host, { script: 'exec sleep 1000' }, { kind }));
    await until(() => server.commands().length === 1);
    server.cut();
    return { error: await running, ssh, host, server };
  }

  test('makes the outcome of a change unknown, and the change is not repeated', async () => {
    const { error, server } = await cutDuring('change');
    expect(error.code).toBe('OutcomeUnknown');
    expect(error.retryable).toBe(false);
    expect(server.commands()).toHaveLength(1);
  });

  test('makes a read repeatable', async () => {
    const { error, server } = await cutDuring('read');
    expect(error.code).toBe('SshUnreachable');
    expect(error.retryable).toBe(true);
    expect(server.commands()).toHaveLength(1);
  });

  test('does not hinder the next command', async () => {
    const { ssh, host, server } = await cutDuring('change');
    await ssh.run(host, { words: ['true'] }, change);
    expect(server.logins()).toBe(2);
  });
});

test('a cut before the host has confirmed a change makes its outcome unknown', async () => {
  const cuts: (() => void)[] = [];
  const { ssh, host, server } = await start({
    onCommand: () => {
      cuts.forEach((cut) => cut());
      return 'ignore';
    },
  });
  cuts.push(() => server.cut());
  const error = await failureOf(ssh.run(host, { words: ['true'] }, change));
  expect(error.code).toBe('OutcomeUnknown');
  expect(server.commands()).toHaveLength(1);
});

test('a refused command is not an unknown outcome', async () => {
  const { ssh, host } = await start({ onCommand: () => 'refuse' });
  const error = await failureOf(ssh.run(host, { words: ['true'] }, change));
  expect(error.code).toBe('SshFailed');
});

describe('a secret', () => {
  const secret = new Secret('c4n4ry-"quoted"/0123456789');

  test('goes through standard input and comes back in no output and no error', async () => {
    const { ssh, host, server } = await start();
    const echoing = { script: 'read -r line; echo "$line"; echo "$line" >&2; exit "$1"', args: ['0'] };
    const result = await ssh.run(host, echoing, { ...change, stdin: secret });
    expect(result.stdout.text()).toBe('[secret]');
    expect(result.stderr.text()).toBe('[secret]');
    const error = await failureOf(ssh.run(host, { ...echoing, args: ['1'] }, { ...change, stdin: secret }));
    expect(error.problem.proxmoxSaid).toBe('[secret]');
    for (const shown of [result, error, server.commands()]) {
      expect(inspect(shown, { depth: 20, showHidden: true })).not.toContain('c4n4ry');
      expect(JSON.stringify(shown)).not.toContain('c4n4ry');
    }
  });

  test('is cut out in JSON, URL and base64 form too', async () => {
    const { ssh, host } = await start();
    const value = secret.reveal();
    const forms = [
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      Buffer.from(value).toString('base64'),
    ];
    const result = await ssh.run(
      host,
      { words: ['cat'] },
      { ...read, stdin: forms.join('\n'), secrets: [secret] },
    );
    expect(result.stdout.text().replace(/=*$/, '')).toBe('[secret]\n[secret]\n[secret]');
  });

  test('is not cut in two by the limit of the output', async () => {
    const { ssh, host } = await start();
    const stdin = `${'x'.repeat(95)}${secret.reveal()}${secret.reveal()}`;
    const result = await ssh.run(
      host,
      { words: ['cat'] },
      { ...read, stdin, secrets: [secret], maximumOutputBytes: 100 },
    );
    expect(result.stdout.text()).toBe(`${'x'.repeat(95)}[secret]`);
    expect(result.stdout.truncated).toBe(true);
  });

  test('is refused as a word of a command', async () => {
    const { ssh, host, server } = await start();
    const error = await failureOf(
      ssh.run(host, { words: ['echo', `--password=${secret.reveal()}`] }, { ...read, secrets: [secret] }),
    );
    expect(error.code).toBe('Internal');
    expect(inspect(error)).not.toContain('c4n4ry');
    expect(server.commands()).toEqual([]);
  });

  test('that a command has made is not printed with its result', async () => {
    const { ssh, host } = await start();
    const result = await ssh.run(host, { words: ['echo', 'new-t0ken'] }, change);
    expect(inspect(result, { depth: 20, showHidden: true })).not.toContain('new-t0ken');
    expect(JSON.stringify(result)).not.toContain('new-t0ken');
    expect(result.stdout.secret().reveal()).toBe('new-t0ken');
  });
});
