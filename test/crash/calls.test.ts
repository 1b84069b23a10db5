import { callsOf, callsOfAll, nameOf } from './calls';

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
});
