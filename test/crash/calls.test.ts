import { callsOf, callsOfAll, isChange, nameOf } from './calls';

function requestsOf(...paths: readonly string[]) {
  return callsOf(paths.map((path) => ({ method: 'GET', path })));
}

describe('the calls of a run', () => {
  test('are named by method, path and occurrence', () => {
    expect(requestsOf('/version', '/nodes', '/version').map(nameOf)).toEqual([
      'GET /version #1',
      'GET /nodes #1',
      'GET /version #2',
    ]);
  });

  test('have the same name in every run, whatever the process and time of a task were', () => {
    const one = '/nodes/pve01/tasks/UPID:pve01:00000BBB:0527B672:6B0718F3:qmigrate:101:a@pve!b:/log';
    const other = '/nodes/pve01/tasks/UPID:pve01:00000AAA:01111111:6B07FFFF:qmigrate:101:a@pve!b:/log';
    expect(requestsOf(one, other).map(nameOf)).toEqual([
      'GET /nodes/pve01/tasks/UPID:pve01:*:qmigrate:101:*/log #1',
      'GET /nodes/pve01/tasks/UPID:pve01:*:qmigrate:101:*/log #2',
    ]);
  });

  test('are tried only if every run made them', () => {
    const runs = [requestsOf('/a', '/b', '/b'), requestsOf('/b', '/a'), requestsOf('/a', '/b', '/b')];
    expect(callsOfAll(runs).map(nameOf)).toEqual(['GET /a #1', 'GET /b #1']);
  });

  test('have the same name in every run, whatever the cluster is called', () => {
    const [call] = callsOf([{ method: 'SSH', path: 'pveum user add crash-17-4@pve' }]);
    expect(call?.path).toBe('pveum user add *@pve');
  });

  test('have the same name in every run, whatever a file is called until it is whole', () => {
    const [call] = callsOf([{ method: 'SFTP', path: 'rename /a/.b.yaml.pxm-0123456789ab /a/b.yaml' }]);
    expect(call?.path).toBe('rename /a/.b.yaml.pxm-* /a/b.yaml');
  });

  test('have the same name in every run, whatever the image of a template that is being built is called', () => {
    const [call] = requestsOf('/nodes/pve01/storage/local/content/local:import/a-v1-01a215ef-900.qcow2');
    expect(call?.path).toBe('/nodes/pve01/storage/local/content/local:import/a-v1-*-900.qcow2');
  });

  test.each([
    ['GET', '/version', false],
    ['POST', '/nodes/pve01/qemu/101/migrate', true],
    ['POST', '/nodes/pve01/qemu/1000/agent/ping', false],
    ['SSH', 'pveum user token list claude-code@pve', false],
    ['SSH', 'pvesh get /nodes', false],
    ['SSH', 'pveum user token delete claude-code@pve automation', true],
    ['SFTP', 'open /etc/pve/pve-root-ca.pem r', false],
    ['SFTP', 'open /etc/pve/pve-root-ca.pem w', true],
    ['PASS', 'show crash/api-token', false],
    ['PASS', 'mv crash/api-token.new crash/api-token', true],
    ['RUN', 'talosctl etcd members 10.5.0.11', false],
    ['RUN', 'talosctl etcd snapshot 10.5.0.11', true],
    ['RUN', 'talosctl reset 10.5.0.11', true],
    ['K8S', 'GET /api/v1/nodes', false],
    ['K8S', 'POST /api/v1/namespaces/default/pods/web-1/eviction', true],
  ])('are known to change something or not: %s %s', (method, path, changes) => {
    expect(isChange({ method, path, occurrence: 1 })).toBe(changes);
  });
});
