import schema8 from '../../simulator/schema/schema-8.json';
import schema9 from '../../simulator/schema/schema-9.json';
import { fixedText } from '../../src/runbooks/translate/fix';
import { around, checkText, kindsOf, shellParser } from './support/runbooks';

interface Schema {
  readonly [endpoint: string]: { readonly parameters?: object };
}

/** The published schemas of 8.4 and 9.2: endpoint -> what it takes. */
const schemas: readonly Schema[] = [schema8, schema9];

function namesIn(parameters: object | undefined): readonly string[] {
  const properties =
    parameters !== undefined && 'properties' in parameters ? parameters.properties : undefined;
  return Object.keys(typeof properties === 'object' && properties !== null ? properties : {});
}

const step = (commands: string, label = '(SSH)') =>
  around(
    `1. **Do it** ${label}\n   \`\`\`bash {#a on={{node}} destructive}\n${commands.replace(/^/gm, '   ')}\n   \`\`\`\n`,
  );

async function fixed(commands: string): Promise<string> {
  return fixedText('example.md', step(commands), await shellParser());
}

/** The requests of a text, each as its lines. */
function requestsIn(text: string): string[][] {
  return [...text.matchAll(/```http.*\n([\s\S]*?)```/g)].map((it) =>
    (it[1] ?? '')
      .trim()
      .split('\n')
      .map((line) => line.trim()),
  );
}

const translated: readonly (readonly [command: string, request: readonly string[], isTask: boolean])[] = [
  ['qm list', ['GET /nodes/{{node}}/qemu'], false],
  ['qm status 100 --verbose', ['GET /nodes/{{node}}/qemu/100/status/current'], false],
  ['qm config {{vmid}} --current', ['GET /nodes/{{node}}/qemu/{{vmid}}/config', 'current=1'], false],
  ['qm pending 100', ['GET /nodes/{{node}}/qemu/100/pending'], false],
  ['qm listsnapshot 100', ['GET /nodes/{{node}}/qemu/100/snapshot'], false],
  [
    "qm create {{vmid}} --name 'a b' -memory 2048 --scsi0=local-lvm:32,iothread=1 --agent enabled=1",
    [
      'POST /nodes/{{node}}/qemu',
      'vmid={{vmid}}',
      'name=a b',
      'memory=2048',
      'scsi0=local-lvm:32,iothread=1',
      'agent=enabled=1',
    ],
    true,
  ],
  [
    'qm set 100 --onboot 1 --delete net1',
    ['PUT /nodes/{{node}}/qemu/100/config', 'onboot=1', 'delete=net1'],
    false,
  ],
  [
    'qm set 100 --scsi0 local-lvm:0,import-from=local:import/x.qcow2',
    ['POST /nodes/{{node}}/qemu/100/config', 'scsi0=local-lvm:0,import-from=local:import/x.qcow2'],
    true,
  ],
  ['qm start 100', ['POST /nodes/{{node}}/qemu/100/status/start'], true],
  [
    'qm shutdown 100 --timeout 60 --forceStop',
    ['POST /nodes/{{node}}/qemu/100/status/shutdown', 'timeout=60', 'forceStop=1'],
    true,
  ],
  ['qm suspend 100 --todisk 1', ['POST /nodes/{{node}}/qemu/100/status/suspend', 'todisk=1'], true],
  ['qm destroy 100 --purge', ['DELETE /nodes/{{node}}/qemu/100', 'purge=1'], true],
  ['qm template 100', ['POST /nodes/{{node}}/qemu/100/template'], true],
  [
    'qm clone 100 200 --full --name {{text}}',
    ['POST /nodes/{{node}}/qemu/100/clone', 'newid=200', 'full=1', 'name={{text}}'],
    true,
  ],
  [
    'qm migrate 100 pve02 --online --with-local-disks 1',
    ['POST /nodes/{{node}}/qemu/100/migrate', 'target=pve02', 'online=1', 'with-local-disks=1'],
    true,
  ],
  ['qm resize 100 scsi0 20G', ['PUT /nodes/{{node}}/qemu/100/resize', 'disk=scsi0', 'size=20G'], true],
  [
    'qm disk move 100 scsi0 local-lvm',
    ['POST /nodes/{{node}}/qemu/100/move_disk', 'disk=scsi0', 'storage=local-lvm'],
    true,
  ],
  [
    'qm snapshot 100 before --vmstate 1',
    ['POST /nodes/{{node}}/qemu/100/snapshot', 'snapname=before', 'vmstate=1'],
    true,
  ],
  ['qm delsnapshot 100 before', ['DELETE /nodes/{{node}}/qemu/100/snapshot/before'], true],
  ['qm rollback 100 before', ['POST /nodes/{{node}}/qemu/100/snapshot/before/rollback'], true],
  ['qm cloudinit update 100', ['PUT /nodes/{{node}}/qemu/100/cloudinit'], false],
  ['qm unlink 100 --idlist unused0', ['PUT /nodes/{{node}}/qemu/100/unlink', 'idlist=unused0'], false],
  ['pvesm status --content iso', ['GET /nodes/{{node}}/storage', 'content=iso'], false],
  ['pvesm list local --vmid 100', ['GET /nodes/{{node}}/storage/local/content', 'vmid=100'], false],
  [
    'pvesm alloc local-lvm 100 vm-100-disk-1 4G',
    ['POST /nodes/{{node}}/storage/local-lvm/content', 'vmid=100', 'filename=vm-100-disk-1', 'size=4G'],
    false,
  ],
  ['pvesm free local:iso/x.iso', ['DELETE /nodes/{{node}}/storage/local/content/local%3Aiso%2Fx.iso'], true],
  [
    'pvesm add dir backup --path /srv/backup',
    ['POST /storage', 'type=dir', 'storage=backup', 'path=/srv/backup'],
    false,
  ],
  ['pvesm set local --content iso,import', ['PUT /storage/local', 'content=iso,import'], false],
  ['pvesm remove backup', ['DELETE /storage/backup'], false],
  ['pveum user add a@pve --comment x', ['POST /access/users', 'userid=a@pve', 'comment=x'], false],
  ['pveum user modify a@pve --enable 0', ['PUT /access/users/a%40pve', 'enable=0'], false],
  ['pveum user delete a@pve', ['DELETE /access/users/a%40pve'], false],
  [
    'pveum role add R --privs "VM.Audit Sys.Audit"',
    ['POST /access/roles', 'roleid=R', 'privs=VM.Audit Sys.Audit'],
    false,
  ],
  [
    'pveum acl modify / --user a@pve --role R',
    ['PUT /access/acl', 'path=/', 'users=a@pve', 'roles=R'],
    false,
  ],
  [
    'pveum acl delete / --group g --role R',
    ['PUT /access/acl', 'path=/', 'groups=g', 'roles=R', 'delete=1'],
    false,
  ],
  ['pvesh get /nodes/{{node}}/status --output-format json', ['GET /nodes/{{node}}/status'], false],
  ['pvesh create /nodes/{{node}}/qemu/100/status/stop', ['POST /nodes/{{node}}/qemu/100/status/stop'], true],
  [
    'pvesh set /nodes/{{node}}/qemu/100/config --onboot 1',
    ['PUT /nodes/{{node}}/qemu/100/config', 'onboot=1'],
    false,
  ],
  ['pvesh delete nodes/{{node}}/qemu/100', ['DELETE /nodes/{{node}}/qemu/100'], true],
];

describe('pxm runbook check --fix', () => {
  it.each(translated)('%s becomes a request', async (command, request, isTask) => {
    const text = await fixed(command);
    expect(requestsIn(text)).toEqual([request]);
    expect(text).toContain('1. **Do it** (API)');
    expect(text.includes('wait=task')).toBe(isTask);
    expect(kindsOf(await checkText(text))).toEqual([]);
  });

  it.each(translated)('%s becomes a request that 8.4 and 9.2 know', (_command, [head = '', ...lines]) => {
    const [method, path = ''] = head.split(' ');
    for (const schema of schemas) {
      const endpoint = Object.keys(schema).find((it) => {
        const [verb, pattern = ''] = it.split(' ');
        return verb === method && new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
      });
      const known = namesIn(schema[endpoint ?? '']?.parameters);
      for (const name of lines.map((line) => line.replace(/=.*/s, ''))) {
        const counted = name.replace(/\d+$/, '[n]');
        expect({ head, name, isKnown: known.includes(name) || known.includes(counted) }).toEqual({
          head,
          name,
          isKnown: true,
        });
      }
      expect(endpoint).toBeDefined();
    }
  });

  it.each([
    'qm importdisk 100 /tmp/x.img local-lvm',
    'qm disk import 100 /tmp/x.img local-lvm',
    'qm set 100 --scsi0 local-lvm:0,import-from=/tmp/x.qcow2',
    'qm set 100 --sshkeys /root/keys',
    'qm set 100 --args x',
    'qm unlock 100',
    'qm guest exec 100 -- ls',
    'qm start $VMID',
    'qm start 100 | tee log',
    'qm start 100 > /dev/null',
    'qm start 100 && qm list',
    'if true; then qm start 100; fi',
    'qm start 100\nls',
    'LC_ALL=C qm list',
    'sudo qm list',
    'pvesm path local:iso/x.iso',
    'pveum user token add a@pve t',
    'pveum passwd a@pve',
    'pvesh usage /nodes',
    'ls # qm list',
  ])('%s stays a command', async (command) => {
    expect(await fixed(command)).toBe(step(command));
  });

  const token = '-H "Authorization: PVEAPIToken=$(pass show a/b | head -1)=$(pass show a/b | tail -1)"';
  it.each([
    [
      `curl -sk ${token} "https://pve01.lab:8006/api2/json/cluster/resources?type=vm"`,
      ['GET /cluster/resources?type=vm'],
      false,
    ],
    [
      `curl -sk -X POST \\\n  ${token} \\\n  -d "newid=200&name=a%20b&full=1" \\\n  "https://<node>.lab:8006/api2/json/nodes/{{node}}/qemu/<vmid>/clone"`,
      ['POST /nodes/{{node}}/qemu/{{vmid}}/clone', 'newid=200', 'name=a b', 'full=1'],
      true,
    ],
  ])('a curl with a token becomes a request without one: %s', async (command, request, isTask) => {
    const before = fixedText('example.md', step(command, '(API)'), await shellParser());
    expect(requestsIn(before)).toEqual([request]);
    expect(before.includes('wait=task')).toBe(isTask);
    expect(before).not.toContain('pass show');
    expect(kindsOf(await checkText(step(command, '(API)')))).toContain('secret-in-command');
    expect(kindsOf(await checkText(before))).toEqual([]);
  });

  it.each([
    `curl -sk ${token} https://service.example/x`,
    `curl -sk ${token} -o /dev/null -w "%{http_code}" https://pve01:8006/api2/json/version`,
    `curl -sk ${token} https://pve01:8006/api2/json/version | jq .`,
    `curl -sk ${token} -F file=@x https://pve01:8006/api2/json/version`,
    `curl -sk ${token} -d a=@x https://pve01:8006/api2/json/version`,
    `curl -sk -H "X-Other: 1" https://pve01:8006/api2/json/version`,
    `curl -sk ${token} "https://pve01:8006/api2/json/$x"`,
  ])('%s stays as it is', async (command) => {
    expect(await fixed(command)).toBe(step(command));
  });

  it('leaves commands whose output is used', async () => {
    const parser = await shellParser();
    for (const text of [
      step('qm list').replace('destructive', 'capture=x'),
      step('qm list') + '\n   Expected result: `running`\n',
      step('qm list').replace('on={{node}}', 'on=every'),
    ]) {
      expect(fixedText('example.md', text, parser)).toBe(text);
    }
  });

  it('makes a request of each command of a block, and keeps its attributes', async () => {
    const text = fixedText(
      'example.md',
      step('qm stop <VMID>\nqm start <vmid>').replace('destructive', 'timeout=5m'),
      await shellParser(),
    );
    expect(text).toContain(
      '   ```http {#a timeout=5m wait=task}\n   POST /nodes/{{node}}/qemu/{{vmid}}/status/stop\n   ```\n   ```http {timeout=5m wait=task}\n',
    );
  });

  it('adds api to what is required', async () => {
    const text = fixedText('example.md', step('qm list').replace('[api, ssh,', '[ssh,'), await shellParser());
    expect(text).toContain('requires: [api, ssh,');
  });

  it('changes nothing where nothing is to be done', async () => {
    expect(await fixed('lsblk')).toBe(step('lsblk'));
  });
});
