import { execFileSync } from 'node:child_process';
import { quote } from 'shlex';
import { untilRunning, useOneNode, type CommandEnd } from './client';

/** What bash prints, and how it ends, for scripts that need nothing of the machine that runs them. */
const likeBash = [
  `pxm_text='it'"'"'s \${x} $(hostname)'\necho "\${pxm_text}"`,
  `pxm_text='a  b'\necho {{"\${pxm_text}"}} '"\${pxm_text}"' x-"\${pxm_text}"-y`,
  `a='x  y'; echo $a "$a" \${a} "\${a}" z$a"$a"$a`,
  'a=\' x \'; echo -$a- | cat; echo "[$a]" ',
  'a=b; c=$a$a; d="$c e"; echo "$d" $c',
  'a=1 b="2 3"; echo "$a$b"; a=; echo "[$a]"',
  'a=x; (a=y; echo $a); echo $a; echo z | a=w; echo $a',
  'echo "$unset" $unset end; echo "" \'\' $unset "" | cat',
  'set -u; echo $unset; echo on',
  'set -eu; a=b; false || echo "$a"; false; echo never',
  'set -euo pipefail; a=1; false | true; echo never',
  'false | true; echo $?; ! true; echo $?; true && false; echo $?',
  'set -e; ! true; if false; then echo a; fi; false && true; echo on; (false); echo never',
  'echo " $HOME$? $# ${a} "; echo "a\\"b\\$c\\\\" a\\ b \'c d\'',
  'for x in a "b c" $(echo d e) "$(echo f g)"; do echo "<$x>"; done; echo "$x"',
  'for x in a b; do if [ "$x" = b ]; then echo yes; elif [ -n "" ]; then echo; else echo no; fi; done',
  'if ! false; then echo a; fi && echo b; { echo c; echo d; } | cat; [ a != b ] && echo e',
  'false || echo a 2>&1 | cat; false && echo b | cat; ! false | true; echo $?',
  'echo a >&2; echo b 2>/dev/null c; { echo d; echo e >&2; } 2>&1',
  'a=$(echo x; exit 3); echo "$a $?"; a=$(false) || echo failed; echo $(exit 4)$?',
  'exit 3; echo never',
  'echo a; (exit 2) || echo b; exit',
  'cat; cat',
  'export a=b; c=d; sh -c \'echo "$a[$c]"\'; a=e sh -c \'echo "$a"\'; echo "$a"',
  'bash -c \'echo "$0" "$1" "$#" "$@"; for x in "$@"; do echo "$x"; done\' name "a b" \'\' c',
  '# a comment\necho a # another\n\necho "two\nlines  $HOME\n $a  b"',
  'echo "a\\\nb" c\\\n d; true &&\n  echo e |\n  cat',
  "printf '%s: ' a; printf '%s\\n' b c; printf 'd%%\\te\\n'",
  'echo a=b x:y/z.1 a@b,c +1G % -- } #',
  'nonesuch-program a; echo $?',
  'a="x y"; cat < /dev/null; test "$a" = "x y" && echo same; test a = b || echo differ; test "$a"; echo $?',
];

/** What a real shell can, and the simulated one must not pretend to. */
const notSimulated = [
  'echo ${a:-b}',
  'echo "${a#x}"',
  'echo $((1 + 2))',
  'a=(1 2); echo x',
  'while true; do echo x; done',
  'case a in a) echo x;; esac',
  'f() { echo x; }; f',
  'echo x & echo y',
  'cat <<end\nx\nend',
  'cat <<< x',
  'cat <(echo x)',
  '[[ -e /root ]]',
  'echo /root/*',
  'echo {a,b}',
  'echo $RANDOM',
  'echo $\'a\' $"b"',
  'a+=b',
  'echo x > /root/a 3>&1',
  'set -x; echo x',
  'cd /root; echo x',
  'read x; echo "$x"',
  'awk 1',
  'df -h',
  'bash -s',
  'sh -c \'echo "${a:-b}"\' || true',
  'echo -e x',
  "printf '%5d' 1",
  'grep --color=always x',
  'wc -w',
  'ls -l /root',
  'cat -n',
  'date +%F',
  '[ a -nt b ]',
  'echo "unclosed',
];

describe('the shell of a node', () => {
  const { simulator, root } = useOneNode();

  const run = async (script: string): Promise<CommandEnd> =>
    root().run(`bash -c ${quote(script)}`, 'given\n');

  test.each(likeBash)('does what bash does: %j', async (script) => {
    const { stdout, exitCode } = await run(script);
    expect({ stdout: stdout.toString(), exitCode }).toEqual(byBash(script));
    const direct = await root().run(script, 'given\n');
    expect({ stdout: direct.stdout.toString(), exitCode: direct.exitCode }).toEqual(byBash(script));
  });

  test.each(notSimulated)('says that it can not do this, and has done nothing: %j', async (script) => {
    const { stdout, stderr, exitCode } = await run(script);
    expect({ stdout: stdout.toString(), exitCode }).toEqual({ stdout: '', exitCode: 126 });
    expect(stderr).toMatch(/^simulator: [^\n]+ is not implemented\n$/);
  });

  test('keeps redirections in files and variables apart, command by command', async () => {
    const script =
      'f=/root/o; echo a > $f && echo b >> "$f"; echo c 2>> "$f"; for x in 1 2; do echo $x; done >> $f; cat $f';
    expect((await run(script)).stdout.toString()).toBe('c\na\nb\n1\n2\n');
  });

  test('runs nothing more of a line when it is sent a signal', async () => {
    const { signal, ended } = await root().start('sleep infinity; touch /root/after');
    await untilRunning(simulator(), 'sleep infinity;');
    signal('TERM');
    await ended;
    expect((await root().run('test -e /root/after')).exitCode).toBe(1);
  });
});

function byBash(script: string): { readonly stdout: string; readonly exitCode: number } {
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/root' };
  try {
    const stdout = execFileSync('bash', ['-c', script], {
      env,
      input: 'given\n',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    return { stdout: stdout.toString(), exitCode: 0 };
  } catch (error) {
    const { stdout, status } = Object(error) as { stdout: Buffer; status: number };
    return { stdout: stdout.toString(), exitCode: status };
  }
}
