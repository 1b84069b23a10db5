import { quote } from 'shlex';
import { useOneNode } from './client';

describe('a line for the shell of a node', () => {
  const { root } = useOneNode();

  const output = async (line: string): Promise<string> => (await root().run(line)).stdout.toString();

  test.each(['$(hostname)', 'a; hostname', "it's", '`hostname`', 'a > /root/x', '$1', 'two\nlines', ''])(
    'takes a quoted word as it is: %j',
    async (word) => {
      expect(await output(`echo ${quote(word)}`)).toBe(`${word}\n`);
      expect(await output(`sh -c ${quote('echo "$1"')} sh ${quote(word)}`)).toBe(`${word}\n`);
    },
  );

  test('puts arguments into a script as they are, but not into single quotes', async () => {
    const script = quote(`echo "$1-$2" $2 '$1'`);
    expect(await output(`sh -c ${script} sh 'a b' '$(hostname)' < /dev/null`)).toBe(
      'a b-$(hostname) $(hostname) $1\n',
    );
  });

  test('puts the output of a command into another', async () => {
    expect(await output('echo "on $(hostname) now"')).toBe('on pve01 now\n');
  });

  test('goes on, or not, as its operators say', async () => {
    expect(await output('false && echo a; false || echo b; true && echo c || echo d')).toBe('b\nc\n');
    expect(await output('set -e; false; echo never')).toBe('');
  });
});
