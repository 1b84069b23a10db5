import { setTimeout as delay } from 'node:timers/promises';
import { ToolError, type Command, type Flag, type Given } from '../cobra';
import { runStandIn, type StandInContext } from '../program';
import { askApi, listAt, textAt } from './api';

const shared: readonly Flag[] = [
  { name: 'kubeconfig', kind: 'string' },
  { name: 'context', kind: 'string' },
  { name: 'namespace', short: 'n', kind: 'string' },
  { name: 'request-timeout', kind: 'string' },
];
const output: Flag = { name: 'output', short: 'o', kind: 'string' };

/** What a drain has to know of a pod. */
interface Pod {
  readonly name: string;
  readonly namespace: string;
  readonly isMirror: boolean;
  readonly isOfDaemonSet: boolean;
  readonly hasLocalData: boolean;
}

function podIn(item: unknown): Pod {
  return {
    name: textAt(item, 'metadata', 'name'),
    namespace: textAt(item, 'metadata', 'namespace'),
    isMirror: textAt(item, 'metadata', 'annotations', 'kubernetes.io/config.mirror') !== '',
    isOfDaemonSet: listAt(item, 'metadata', 'ownerReferences').some(
      (it) => textAt(it, 'kind') === 'DaemonSet',
    ),
    hasLocalData: listAt(item, 'spec', 'volumes').some(
      (it) => typeof it === 'object' && it !== null && 'emptyDir' in it,
    ),
  };
}

const kubeconfigOf = (given: Given) => given.text('kubeconfig');

async function get(_context: StandInContext, given: Given): Promise<string> {
  const [kinds = '', name] = given.words;
  const kind = { node: 'nodes', nodes: 'nodes', no: 'nodes', pod: 'pods', pods: 'pods', po: 'pods' }[kinds];
  if (kind === undefined) throw new ToolError(`error: the server doesn't have a resource type "${kinds}"`);
  const namespace =
    kind === 'pods' && !given.bool('all-namespaces', false)
      ? `/namespaces/${given.text('namespace') ?? 'default'}`
      : '';
  const path = `/api/v1${namespace}/${kind}${name === undefined ? '' : `/${name}`}`;
  const { body } = await askApi(kubeconfigOf(given), 'GET', path);
  if (given.text('output') === 'json') return `${JSON.stringify(body, undefined, 4)}\n`;
  const listed = listAt(body, 'items').map((item) => textAt(item, 'metadata', 'name'));
  const prefix = given.text('output') === 'name' ? `${kind.slice(0, -1)}/` : '';
  return (name === undefined ? listed : [name]).map((it) => `${prefix}${it}\n`).join('');
}

function mark(isUnschedulable: boolean): Command<StandInContext>['run'] {
  return async (_context, given) => {
    const [node = ''] = given.words;
    await askApi(kubeconfigOf(given), 'PATCH', `/api/v1/nodes/${node}`, {
      spec: { unschedulable: isUnschedulable ? true : null },
    });
    return `node/${node} ${isUnschedulable ? 'cordoned' : 'uncordoned'}\n`;
  };
}

const retryEvictionMs = 100;

async function drain(context: StandInContext, given: Given): Promise<string> {
  const [node = ''] = given.words;
  const cordoned = await mark(true)(context, given);
  const path = `/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`;
  const { body } = await askApi(kubeconfigOf(given), 'GET', path);
  const pods = listAt(body, 'items')
    .map(podIn)
    .filter(({ isMirror }) => !isMirror);
  refuse(
    node,
    pods.filter(({ isOfDaemonSet }) => isOfDaemonSet),
    given.bool('ignore-daemonsets', false),
    'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)',
  );
  const rest = pods.filter(({ isOfDaemonSet }) => !isOfDaemonSet);
  refuse(
    node,
    rest.filter(({ hasLocalData }) => hasLocalData),
    given.bool('delete-emptydir-data', false),
    'cannot delete Pods with local storage (use --delete-emptydir-data to override)',
  );
  const deadline = Date.now() + (given.duration('timeout') ?? Infinity);
  for (const pod of rest) await evict(context, given, pod, deadline);
  return `${cordoned}node/${node} drained\n`;
}

function refuse(node: string, pods: readonly Pod[], isAllowed: boolean, why: string): void {
  if (isAllowed || pods.length === 0) return;
  const names = pods.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
  throw new ToolError(
    `error: unable to drain node "${node}" due to error: ${why}: ${names}, continuing command...`,
  );
}

async function evict(
  context: StandInContext,
  given: Given,
  { name, namespace }: Pod,
  deadline: number,
): Promise<void> {
  for (;;) {
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
    const { status } = await askApi(kubeconfigOf(given), 'POST', path, body);
    if (status !== 429) return;
    if (Date.now() > deadline)
      throw new ToolError(`error when evicting pods/"${name}" -n "${namespace}": global timeout reached`);
    context.note(
      `error when evicting pods/"${name}" -n "${namespace}" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.`,
    );
    await delay(retryEvictionMs);
  }
}

async function deleteNode(_context: StandInContext, given: Given): Promise<string> {
  const [kind = '', name = ''] = given.words;
  if (!['node', 'nodes', 'no'].includes(kind))
    throw new ToolError(`error: the server doesn't have a resource type "${kind}"`);
  await askApi(kubeconfigOf(given), 'DELETE', `/api/v1/nodes/${name}`);
  return `node "${name}" deleted\n`;
}

function version(context: StandInContext, given: Given): string {
  const gitVersion = context.change((state) => state.versions.kubectl);
  if (given.text('output') === 'json')
    return `${JSON.stringify({ clientVersion: { gitVersion } }, undefined, 2)}\n`;
  return `Client Version: ${gitVersion}\n`;
}

function commandsOf(): readonly Command<StandInContext>[] {
  const one = { least: 1, most: 1 };
  return [
    {
      path: ['version'],
      flags: [...shared, output, { name: 'client', kind: 'bool' }],
      words: { least: 0, most: 0 },
      run: version,
    },
    {
      path: ['get'],
      flags: [...shared, output, { name: 'all-namespaces', short: 'A', kind: 'bool' }],
      words: { least: 1, most: 2 },
      run: get,
    },
    { path: ['cordon'], flags: shared, words: one, run: mark(true) },
    { path: ['uncordon'], flags: shared, words: one, run: mark(false) },
    {
      path: ['drain'],
      flags: [
        ...shared,
        { name: 'ignore-daemonsets', kind: 'bool' },
        { name: 'delete-emptydir-data', kind: 'bool' },
        { name: 'force', kind: 'bool' },
        { name: 'timeout', kind: 'duration' },
      ],
      words: one,
      run: drain,
    },
    {
      path: ['delete'],
      flags: [...shared, { name: 'ignore-not-found', kind: 'bool' }],
      words: { least: 2, most: 2 },
      run: deleteNode,
    },
  ];
}

const [stateFile = '', ...argv] = process.argv.slice(2);
void runStandIn('kubectl', stateFile, argv, commandsOf);
