/** What a case needs beside the tool itself. */
export type Need =
  /** Nothing: it asks nobody. */
  | 'nothing'
  /** A Kubernetes API with nodes and pods: here always that of the stand-ins, also for the real kubectl. */
  | 'kubernetesApi'
  /** A machine with Talos on an address. Only the stand-ins have one here. */
  | 'talosMachine';

/** What a call must come to. */
export interface Expected {
  readonly exitCode: number;
  /** Must stand in standard output. */
  readonly stdout?: RegExp;
  /** Must stand in standard error. */
  readonly stderr?: RegExp;
}

/** One call of a tool, in a folder of the case's own. `$KUBECONFIG` and `$FILE` are replaced. */
export interface Step {
  readonly words: readonly string[];
  readonly expected: Expected;
}

/** Calls that a tool answers alike, whether it is the real one or a stand-in. */
export interface ConformanceCase {
  readonly tool: 'talosctl' | 'flux' | 'kubectl';
  readonly title: string;
  readonly needs: Need;
  /** Minor versions of the tool that it is true for, e.g. `1.13`; absent: all. */
  readonly versions?: readonly string[];
  readonly steps: readonly Step[];
}

const call = (words: string, expected: Expected): Step => ({ words: words.split(' '), expected });
const fine: Expected = { exitCode: 0 };
const fails = (stderr: RegExp): Expected => ({ exitCode: 1, stderr });

const generation = 'gen config staging https://10.5.0.10:6443';

export const conformanceCases: readonly ConformanceCase[] = [
  {
    tool: 'talosctl',
    title: 'tells the version of the client without asking anybody',
    needs: 'nothing',
    steps: [call('version --client', { exitCode: 0, stdout: /^\s*Tag:\s+v1\.\d+\.\d+/m })],
  },
  {
    tool: 'talosctl',
    title: 'makes secrets once and refuses to write over them',
    needs: 'nothing',
    steps: [
      call('gen secrets -o secrets.yaml --talos-version v1.13', fine),
      call(
        'gen secrets -o secrets.yaml --talos-version v1.13',
        fails(/already exists, use --force to overwrite/),
      ),
      call('gen secrets -o - --talos-version v1.13', { exitCode: 0, stdout: /^trustdinfo:/m }),
    ],
  },
  {
    tool: 'talosctl',
    title: 'makes a machine configuration on standard output',
    needs: 'nothing',
    steps: [
      call('gen secrets -o secrets.yaml', fine),
      call(
        `${generation} --with-secrets secrets.yaml --talos-version v1.13 --kubernetes-version 1.35.2 --with-docs=false --with-examples=false -t controlplane -o -`,
        {
          exitCode: 0,
          stdout: /type: controlplane[\s\S]*kubelet:v1\.35\.2[\s\S]*kind: HostnameConfig/,
        },
      ),
      call(`${generation} --with-secrets secrets.yaml -t worker -o -`, {
        exitCode: 0,
        stdout: /type: worker/,
      }),
      call(`${generation} --with-secrets secrets.yaml -t talosconfig -o -`, {
        exitCode: 0,
        stdout: /^contexts:/m,
      }),
      call(`${generation} -t worker,controlplane -o -`, fails(/can't use multiple output types with stdout/)),
      call(
        `${generation} --with-secrets missing.yaml -t worker -o -`,
        fails(/failed to load secrets bundle/),
      ),
      call('gen config staging 10.5.0.10 -t worker -o -', fails(/no scheme and port specified/)),
      call('gen config staging', fails(/accepts 2 arg\(s\), received 1/)),
    ],
  },
  {
    tool: 'talosctl',
    title: 'knows no other flags and commands',
    needs: 'nothing',
    steps: [
      call('gen secrets --outputfile x', fails(/unknown flag: --outputfile/)),
      call('bootstrap -x', fails(/unknown shorthand flag: 'x' in -x/)),
      call('reset --timeout soon', fails(/invalid argument "soon" for "--timeout" flag/)),
      call('health --wait-timeout', fails(/flag needs an argument: --wait-timeout/)),
      call('etcd remove-member', fails(/accepts 1 arg\(s\), received 0/)),
      call('frobnicate', fails(/unknown command "frobnicate" for "talosctl"/)),
      // `etcd recover` never existed; a group of commands shows its help then, with exit code 0.
      call('etcd recover', { exitCode: 0, stdout: /Usage:/ }),
    ],
  },
  {
    tool: 'talosctl',
    title: '1.13 does not know whom to ask where nobody is asked',
    needs: 'nothing',
    versions: ['1.13'],
    steps: [call('gen secrets -n 10.5.0.11 -o -', fails(/unknown shorthand flag: 'n' in -n/))],
  },
  {
    tool: 'talosctl',
    title: 'has to be told whom to ask',
    needs: 'nothing',
    steps: [
      call('apply-config --insecure -n 10.5.0.11', fails(/no filename supplied for configuration/)),
      call(
        'apply-config --insecure -n 10.5.0.11 -f missing.yaml',
        fails(/failed to read configuration from "missing.yaml"/),
      ),
    ],
  },
  {
    tool: 'talosctl',
    title: 'lets nobody in without a certificate, nor anybody without configuration',
    needs: 'talosMachine',
    steps: [
      call('gen secrets -o secrets.yaml', fine),
      call(`${generation} --with-secrets secrets.yaml -t talosconfig -o talosconfig`, fine),
      call(`${generation} --with-secrets secrets.yaml -t controlplane -o machine.yaml`, fine),
      call(
        'get machinestatus -o json --talosconfig talosconfig -n 10.5.0.11 -e 10.5.0.11',
        fails(/x509: certificate signed by unknown authority/),
      ),
      call('get machinestatus -o json --insecure -n 10.5.0.11', {
        exitCode: 0,
        stdout: /"stage": "maintenance"/,
      }),
      call('get systeminformation -o json --insecure -n 10.5.0.11', {
        exitCode: 0,
        stdout: /"uuid": "aaaaaaaa-0000/,
      }),
      call('apply-config --insecure -n 10.5.0.11 -f machine.yaml', fine),
    ],
  },
  {
    tool: 'flux',
    title: 'tells the version of the client without asking anybody',
    needs: 'nothing',
    steps: [call('version --client', { exitCode: 0, stdout: /^flux: v\d+\.\d+\.\d+/m })],
  },
  {
    tool: 'flux',
    title: 'refuses what it can not use before it asks anybody',
    needs: 'nothing',
    steps: [
      call(
        'bootstrap git --url=git@git.example:fleet.git --branch main --path a --private-key-file missing --silent --kubeconfig $KUBECONFIG',
        { exitCode: 1 },
      ),
      call('bootstrap git --quiet', fails(/unknown flag: --quiet/)),
    ],
  },
  {
    tool: 'kubectl',
    title: 'tells the version of the client without asking anybody',
    needs: 'nothing',
    steps: [
      call('version --client', { exitCode: 0, stdout: /^Client Version: v1\.\d+/m }),
      call('version --client -o json', { exitCode: 0, stdout: /"gitVersion": "v1\.\d+/ }),
    ],
  },
  {
    tool: 'kubectl',
    title: 'knows no other flags',
    needs: 'nothing',
    steps: [call('drain node-1 --ignore-everything', fails(/unknown flag: --ignore-everything/))],
  },
  {
    tool: 'kubectl',
    title: 'reads nodes and pods',
    needs: 'kubernetesApi',
    steps: [
      call('get nodes -o name --kubeconfig $KUBECONFIG', {
        exitCode: 0,
        stdout: /^node\/staging-worker-1$/m,
      }),
      call('get node staging-worker-1 -o json --kubeconfig $KUBECONFIG', {
        exitCode: 0,
        stdout: /"systemUUID": "bbbbbbbb-/,
      }),
      call('get pods -A -o name --kubeconfig $KUBECONFIG', {
        exitCode: 0,
        stdout: /^pod\/kube-proxy-staging-worker-1$/m,
      }),
      call(
        'get node nobody --kubeconfig $KUBECONFIG',
        fails(/Error from server \(NotFound\): nodes "nobody" not found/),
      ),
    ],
  },
  {
    tool: 'kubectl',
    title: 'cordons, drains against a budget, uncordons and deletes a node',
    needs: 'kubernetesApi',
    steps: [
      call('cordon staging-worker-1 --kubeconfig $KUBECONFIG', {
        exitCode: 0,
        stdout: /node\/staging-worker-1 cordoned/,
      }),
      call('drain staging-worker-1 --kubeconfig $KUBECONFIG', fails(/cannot delete DaemonSet-managed Pods/)),
      call(
        'drain staging-worker-1 --ignore-daemonsets --timeout=1s --kubeconfig $KUBECONFIG',
        fails(/Cannot evict pod as it would violate the pod's disruption budget/),
      ),
      call('uncordon staging-worker-1 --kubeconfig $KUBECONFIG', {
        exitCode: 0,
        stdout: /node\/staging-worker-1 uncordoned/,
      }),
      call('delete node staging-worker-2 --kubeconfig $KUBECONFIG', {
        exitCode: 0,
        stdout: /node "staging-worker-2" deleted/,
      }),
    ],
  },
];
