import { around, checkText, kindsOf } from './support/runbooks';

const F = '```';
/** A step with one block. */
const step = (label: string, info: string, body: string, after = '') =>
  `1. **Do it** ${label}\n   ${F}${info}\n${body.replace(/^/gm, '   ')}\n   ${F}\n${after.replace(/^(?=.)/gm, '   ')}`;
const get = 'GET /nodes/{{node}}/status';

/** Element of the language -> what is right, what is wrong, and the kind of problem that it is. */
const elements: readonly (readonly [element: string, right: string, wrong: string, kind: string])[] = [
  ['label API', step('(API)', 'http', get), step('', 'http', get), 'missing-label'],
  ['label SSH', step('(SSH)', 'bash', 'ls /tmp'), step('(SHS)', 'bash', 'ls /tmp'), 'missing-label'],
  ['label local', step('(local)', 'bash', 'date'), step('(local)', 'http', get), 'wrong-block'],
  ['label human', '1. **Look** (human)\n   Is it well?', step('(human)', 'bash', 'ls'), 'wrong-block'],
  [
    'label runbook',
    step('(runbook)', 'runbook', 'storage-check\nnode={{node}}'),
    step('(runbook)', 'runbook', 'storage-chek\nnode={{node}}'),
    'unknown-runbook',
  ],
  [
    'label (API|SSH)',
    step('(API|SSH)', 'bash', 'ls'),
    step('(API|SSH)', 'runbook', 'storage-check\nnode=a'),
    'wrong-block',
  ],
  ['bash under API', step('(API|SSH)', 'bash', 'ls'), step('(API)', 'bash', 'ls'), 'rest-instead'],
  ['a step does something', step('(API)', 'http', get), '1. **Nothing** (API)', 'wrong-block'],
  [
    'heading step',
    `### 1. Do it (API)\n\n${F}http\n${get}\n${F}`,
    `### 1. Do it\n\n${F}http\n${get}\n${F}`,
    'missing-label',
  ],
  [
    'steps under a sub-heading',
    `### Phase one\n\n${step('(API)', 'http', get)}`,
    `### Phase one\n\n${F}http\n${get}\n${F}`,
    'no-steps',
  ],
  [
    'block in a step',
    step('(API)', 'http', get),
    `${F}bash\nls\n${F}\n\n${step('(API)', 'http', get)}`,
    'outside-step',
  ],
  [
    'http block',
    step('(API)', 'http', 'POST /pools\npoolid=x'),
    step('(API)', 'http', 'PATCH /pools'),
    'bad-block',
  ],
  [
    'lines of a call',
    step('(API)', 'http', 'POST /pools\n# a comment\npoolid=x'),
    step('(API)', 'http', 'POST /pools\npoolid'),
    'bad-block',
  ],
  ['empty call', step('(API)', 'http', get), step('(API)', 'http', ''), 'bad-block'],
  [
    'path',
    step('(API)', 'http', 'GET /version'),
    step('(API)', 'http', 'GET /nodes/../version'),
    'bad-block',
  ],
  [
    'header',
    step('(API)', 'http', 'GET https://x.example/a\nX-Key: {{secret:password}}'),
    step('(API)', 'http', 'GET /version\nX-Key: abc'),
    'bad-block',
  ],
  [
    'doubled line',
    step('(API)', 'http', 'POST /a\nx=1\nx=2'),
    step('(API)', 'http', 'POST /a\nx=1\nx=1'),
    'bad-block',
  ],
  [
    'command block',
    step('(local)', 'command', 'talosctl version --short'),
    step('(local)', 'command', 'talosctl version | cat'),
    'bad-block',
  ],
  [
    'no shell in a command',
    step('(local)', 'command', "talosctl get 'a b'"),
    step('(local)', 'command', 'talosctl get $HOME'),
    'bad-block',
  ],
  [
    'program of a command',
    step('(local)', 'command', 'date'),
    step('(local)', 'command', 'cd /tmp'),
    'bad-block',
  ],
  [
    'file block',
    step('(SSH)', 'yaml {file=/etc/a.yaml mode=0600}', 'a: {{text}}'),
    step('(SSH)', 'yaml {file=/etc/a.yaml mode=9}', 'a: 1'),
    'bad-attribute',
  ],
  [
    'script file',
    step('(SSH)', 'bash {file=/root/a.sh}', 'ls "$1"'),
    step('(SSH)', 'bash {file=/root/a.sh}', 'ls {{text}}'),
    'unsafe-placeholder',
  ],
  [
    'built-in',
    step('(API)', 'builtin {capture=id}', 'allocate_vmid\nrange=vms'),
    step('(API)', 'builtin', 'alocate_vmid\nrange=vms'),
    'bad-block',
  ],
  [
    'argument of a built-in',
    step('(API)', 'builtin', 'pick_node\nmemory=2048'),
    step('(API)', 'builtin', 'pick_node\ncolour=red'),
    'bad-block',
  ],
  [
    'needed argument',
    step('(API)', 'builtin', 'wait_agent\nvmid={{vmid}}'),
    step('(API)', 'builtin', 'wait_agent'),
    'bad-block',
  ],
  [
    'answer of a built-in',
    step('(API)', 'builtin', 'report_table\nrows=[]'),
    step('(API)', 'builtin {capture=x}', 'report_table\nrows=[]'),
    'bad-attribute',
  ],
  [
    'argument of a runbook',
    step('(runbook)', 'runbook', 'storage-check\nnode=a'),
    step('(runbook)', 'runbook', 'storage-check\nnode=a\ncolour=b'),
    'unknown-parameter',
  ],
  [
    'needed parameter of a runbook',
    step('(runbook)', 'runbook', 'storage-check\nnode=a'),
    step('(runbook)', 'runbook', 'storage-check'),
    'unknown-parameter',
  ],
  [
    'attributes',
    step('(API)', 'http {#a timeout=5m}', get),
    step('(API)', 'http {#a timeout=5m', get),
    'bad-attribute',
  ],
  [
    'space before attributes',
    step('(API)', 'http {#a}', get),
    step('(API)', 'http{#a}', get),
    'bad-attribute',
  ],
  [
    'known attribute',
    step('(API)', 'http {wait=task}', 'POST /a'),
    step('(API)', 'http {wiat=task}', 'POST /a'),
    'bad-attribute',
  ],
  [
    'attribute where it belongs',
    step('(SSH)', 'bash {read}', 'ls'),
    step('(API)', 'http {read}', get),
    'bad-attribute',
  ],
  [
    'attribute once',
    step('(API)', 'http {timeout=5m}', get),
    step('(API)', 'http {timeout=5m timeout=6m}', get),
    'bad-attribute',
  ],
  [
    'flag',
    step('(SSH)', 'bash {destructive}', 'rm -r /srv/x'),
    step('(SSH)', 'bash {destructive=yes}', 'ls'),
    'bad-attribute',
  ],
  [
    'value of an attribute',
    step('(API)', 'http {timeout=20m}', get),
    step('(API)', 'http {timeout}', get),
    'bad-attribute',
  ],
  [
    'timeout',
    step('(API)', 'http {timeout=20m}', get),
    step('(API)', 'http {timeout=20}', get),
    'bad-attribute',
  ],
  [
    'wait',
    step('(API)', 'http {wait=task}', 'POST /a'),
    step('(API)', 'http {wait=agent}', 'POST /a'),
    'bad-attribute',
  ],
  [
    'wait for a change',
    step('(API)', 'http {wait=task}', 'PUT /a'),
    step('(API)', 'http {wait=task}', get),
    'bad-attribute',
  ],
  ['id', step('(API)', 'http {#look}', get), step('(API)', 'http {#1st}', get), 'bad-attribute'],
  [
    'ids differ',
    `${step('(API)', 'http {#a}', get)}\n${step('(API)', 'http {#b}', get)}`,
    `${step('(API)', 'http {#a}', get)}\n${step('(API)', 'http {#a}', get)}`,
    'duplicate-id',
  ],
  [
    'when',
    step('(API)', `http {when="text == 'x' and not (vmid > 5 or names)"}`, get),
    step('(API)', 'http {when="text = 1"}', get),
    'bad-condition',
  ],
  [
    'names in when',
    step('(API)', 'http {when=text}', get),
    step('(API)', 'http {when=txet}', get),
    'unknown-parameter',
  ],
  [
    'unless',
    step('(API)', 'http {unless="text"}', get),
    step('(API)', 'http {unless="(text"}', get),
    'bad-condition',
  ],
  [
    'attributes of the step',
    '1. **Look** (human) {when=text}\n   Well?',
    '1. **Look** (human) {poll=5s}\n   Well?',
    'bad-attribute',
  ],
  [
    'for-each',
    step('(API)', 'http {for-each=names as=name}', 'GET /pools/{{name}}'),
    step('(API)', 'http {for-each=nmes as=name}', 'GET /pools/{{name}}'),
    'unknown-parameter',
  ],
  [
    'for-each node',
    step('(API)', 'http {for-each=nodes as=one}', 'GET /nodes/{{one}}/status'),
    step('(API)', 'http {as=one}', get),
    'bad-attribute',
  ],
  [
    'name of the item',
    step('(API)', 'http {for-each=nodes}', 'GET /nodes/{{item}}/status'),
    step('(API)', 'http {for-each=nodes as=text}', get),
    'duplicate-name',
  ],
  [
    'parallel',
    step('(API)', 'http {for-each=nodes parallel=4}', get),
    step('(API)', 'http {for-each=nodes parallel=0}', get),
    'bad-attribute',
  ],
  [
    'on-error',
    step('(API)', 'http {for-each=nodes on-error=continue}', get),
    step('(API)', 'http {for-each=nodes on-error=retry}', get),
    'bad-attribute',
  ],
  [
    'poll',
    step('(API)', 'http {poll=5s timeout=5m}', get, 'Expected result: `running`'),
    step('(API)', 'http {poll=5s timeout=5m}', get),
    'bad-attribute',
  ],
  [
    'end of a poll',
    step('(API)', 'http {poll=5s timeout=5m expect=a}', get),
    step('(API)', 'http {poll=5s expect=a}', get),
    'bad-attribute',
  ],
  [
    'poll reads',
    step('(API)', 'http {poll=5s timeout=5m expect=a}', get),
    step('(API)', 'http {poll=5s timeout=5m expect=a}', 'POST /a'),
    'bad-attribute',
  ],
  [
    'on-timeout',
    step('(API)', 'http {poll=5s timeout=5m expect=a on-timeout=ask}', get),
    step('(API)', 'http {poll=5s timeout=5m expect=a on-timeout=go}', get),
    'bad-attribute',
  ],
  [
    'capture',
    step('(API)', 'http {capture="a=/x/0, b"}', get),
    step('(API)', 'http {capture="A=/x"}', get),
    'bad-attribute',
  ],
  [
    'capture before use',
    `${step('(API)', 'http {capture=a}', get)}\n${step('(API)', 'http', 'GET /x/{{a}}')}`,
    `${step('(API)', 'http', 'GET /x/{{a}}')}\n${step('(API)', 'http {capture=a}', get)}`,
    'used-before-set',
  ],
  [
    'name of a capture',
    step('(API)', 'http {capture=a}', get),
    step('(API)', 'http {capture=text}', get),
    'duplicate-name',
  ],
  [
    'expect',
    step('(SSH)', 'bash {expect="exit 1"}', 'false'),
    step('(SSH)', 'bash {expect="/(/"}', 'false'),
    'bad-expectation',
  ],
  [
    'expected text',
    step('(SSH)', 'bash', 'ls', 'Expected result: `a` and `exit 0`'),
    step('(SSH)', 'bash', 'ls', 'Expected result: `{{txt}}`'),
    'unknown-parameter',
  ],
  [
    'expected pattern',
    step('(SSH)', 'bash', 'ls', 'Expected: /^a.*b$/m, or so'),
    step('(SSH)', 'bash', 'ls', 'Expected: `/a(/`'),
    'bad-expectation',
  ],
  [
    'expected comparison',
    step('(API)', 'http', get, 'Expected result: `output/status == "x"`'),
    step('(API)', 'http', get, 'Expected result: `output/status == `'),
    'bad-expectation',
  ],
  [
    'expected in words',
    step('(SSH)', 'bash', 'ls', 'Expected result: the files'),
    step('(SSH)', 'bash', 'ls', 'Expected result: ` `'),
    'bad-expectation',
  ],
  [
    'destructive request',
    step('(API)', 'http {destructive}', 'DELETE /pools/a'),
    step('(API)', 'http', 'DELETE /pools/a'),
    'unmarked-destructive',
  ],
  [
    'destructive command',
    step('(SSH)', 'bash {destructive}', 'sudo qm destroy 100'),
    step('(SSH)', 'bash', 'sudo qm destroy 100'),
    'unmarked-destructive',
  ],
  [
    'removing what is temporary',
    step('(SSH)', 'bash', 'rm -f /tmp/a.img'),
    step('(SSH)', 'bash', 'rm -f /tmp/../etc/a'),
    'unmarked-destructive',
  ],
  [
    'cleanup',
    step('(SSH)', 'bash {cleanup=on-failure}', 'ls'),
    step('(SSH)', 'bash {cleanup=never}', 'ls'),
    'bad-attribute',
  ],
  [
    'on',
    step('(SSH)', 'bash {on={{node}}}', 'ls'),
    step('(API)', 'http {on={{node}}}', get),
    'bad-attribute',
  ],
  [
    'stdin',
    step('(SSH)', 'bash {stdin="{{secret:password}}"}', 'cat > /dev/null'),
    step('(SSH)', 'bash', 'echo {{secret:password}}'),
    'secret-in-command',
  ],
  [
    'secret in a header',
    step('(API)', 'http', 'GET https://x.example/a\nX-Key: {{secret:password}}'),
    step('(API)', 'http', 'POST https://x.example/a\nkey={{secret:password}}'),
    'secret-in-command',
  ],
  [
    'secret elsewhere',
    step('(SSH)', 'bash {on={{node}}}', 'ls'),
    step('(SSH)', 'bash {on={{secret:password}}}', 'ls'),
    'secret-misplaced',
  ],
  [
    'declared secret',
    step('(SSH)', 'bash {stdin={{secret:password}}}', 'cat'),
    step('(SSH)', 'bash {stdin={{secret:pasword}}}', 'cat'),
    'unknown-secret',
  ],
  [
    'secret of a store',
    step('(SSH)', 'bash', 'echo a'),
    step('(local)', 'bash', 'curl -H "X: $(pass show a/b)" https://x.example'),
    'secret-in-command',
  ],
  [
    'secret as an option',
    step('(SSH)', 'bash', 'qm set 100 --ciuser a'),
    step('(SSH)', 'bash', 'qm set 100 --cipassword hunter2'),
    'secret-in-command',
  ],
  [
    'declared tool',
    step('(local)', 'bash', 'talosctl version | jq .'),
    step('(local)', 'bash', 'kubectl get nodes'),
    'undeclared-tool',
  ],
  ['tool of a node', step('(SSH)', 'bash', 'qm list'), step('(local)', 'bash', 'qm list'), 'undeclared-tool'],
  [
    'own function',
    step('(local)', 'bash', 'f() { date; }\nf'),
    step('(local)', 'bash', 'f() { date; }\ng'),
    'undeclared-tool',
  ],
  [
    'parameter',
    step('(API)', 'http', get),
    step('(API)', 'http', 'GET /nodes/{{nod}}/status'),
    'unknown-parameter',
  ],
  [
    'form of a placeholder',
    step('(SSH)', 'bash', "echo '{{.Names}} {{range x}}'"),
    step('(SSH)', 'bash', 'echo {{Text}}'),
    'unknown-parameter',
  ],
  [
    'raw placeholder',
    step('(SSH)', 'bash', 'echo {{text}}'),
    step('(SSH)', 'bash', 'echo {{{text}}}'),
    'raw-placeholder',
  ],
  [
    'legacy placeholder',
    step('(SSH)', 'bash', 'cat <other >/dev/null'),
    step('(SSH)', 'bash', 'echo <TEXT>'),
    'legacy-placeholder',
  ],
  [
    'shell syntax',
    step('(SSH)', 'bash', 'if true; then ls; fi'),
    step('(SSH)', 'bash', 'if true; then ls'),
    'shell-syntax',
  ],
  [
    'stop',
    step('(API)', 'builtin {when=text}', 'stop'),
    `${step('(API)', 'builtin', 'stop')}\n${step('(API)', 'http', get)}`,
    'unreachable',
  ],
  [
    'condition that can hold',
    step('(API)', 'http {when="text or 1 > 2"}', get),
    step('(API)', 'http {when="1 > 2"}', get),
    'unreachable',
  ],
  [
    'when and unless',
    step('(API)', 'http {when=text unless=vmid}', get),
    step('(API)', 'http {when=text unless=text}', get),
    'unreachable',
  ],
];

describe('elements of the language', () => {
  it.each(elements)('%s: is understood', async (_element, right) => {
    expect(kindsOf(await checkText(around(right)))).toEqual([]);
  });

  it.each(elements)('%s: a mistake is found, with its line', async (_element, _right, wrong, kind) => {
    const checked = await checkText(around(wrong));
    expect(kindsOf(checked)).toContain(kind);
    const [first] = checked.problems.filter((it) => it.kind === kind);
    expect(first?.message).not.toBe('');
    expect(first?.remedy).not.toBe('');
    expect(first?.line).toBeGreaterThanOrEqual(kind === 'no-steps' ? 1 : 17);
  });
});
