import type { Json } from '../json';
import type { Answer } from '../recording';
import { compareAnswers } from './answer';
import { endpointOf } from './endpoint';
import { LearnedIds } from './learned';

const ok = (body: Json): Answer => ({ status: 200, reason: 'OK', headers: {}, body, task: undefined });

function differences(path: string, expected: Answer, actual: Answer, learned = new LearnedIds()): string[] {
  return compareAnswers({ endpoint: endpointOf(path), learned }, expected, actual).map((one) => one.path);
}

const qemuList = '/api2/json/nodes/pve01/qemu';
const statusCurrent = '/api2/json/nodes/pve01/qemu/101/status/current';

describe('comparing answers', () => {
  test('finds nothing between an answer and itself', () => {
    const answer = ok({ data: { status: 'running', uptime: 12, cpu: 0.5 } });
    expect(differences(statusCurrent, answer, answer)).toEqual([]);
  });

  test('takes another load figure of a running guest as alike, but not zero', () => {
    const running = ok({ data: { uptime: 12 } });
    expect(differences(statusCurrent, running, ok({ data: { uptime: 999 } }))).toEqual([]);
    expect(differences(statusCurrent, running, ok({ data: { uptime: 0 } }))).toEqual(['body.data.uptime']);
  });

  test('takes no other value as alike only because its key is volatile elsewhere', () => {
    const config = '/api2/json/nodes/pve01/qemu/101/config';
    expect(differences(config, ok({ data: { cpu: 'host' } }), ok({ data: { cpu: 'kvm64' } }))).toEqual([
      'body.data.cpu',
    ]);
  });

  test('finds another status, reason and message', () => {
    const failed = (text: string): Answer => ({
      status: 500,
      reason: text,
      headers: {},
      body: { data: null, message: `${text}\n` },
      task: undefined,
    });
    expect(differences(statusCurrent, failed('VM 101 not running'), failed('VM 101 is not running'))).toEqual(
      ['reason', 'body.message'],
    );
    expect(differences(statusCurrent, failed('no'), { ...failed('no'), status: 400 })).toEqual(['status']);
  });

  test('finds a key that is missing and one that is too many', () => {
    expect(differences(statusCurrent, ok({ data: { a: 1, b: 1 } }), ok({ data: { a: 1, c: 1 } }))).toEqual([
      'body.data.b',
      'body.data.c',
    ]);
  });

  test('tells a number from the same digits as text', () => {
    expect(differences(statusCurrent, ok({ data: { vmid: 101 } }), ok({ data: { vmid: '101' } }))).toEqual([
      'body.data.vmid',
    ]);
  });

  test('compares rows of a list that Proxmox makes from a hash by what identifies them', () => {
    const rows = [
      { vmid: 101, status: 'stopped' },
      { vmid: 102, status: 'stopped' },
    ];
    expect(differences(qemuList, ok({ data: rows }), ok({ data: rows.toReversed() }))).toEqual([]);
    const other = [
      { vmid: 101, status: 'stopped' },
      { vmid: 103, status: 'stopped' },
    ];
    expect(differences(qemuList, ok({ data: rows }), ok({ data: other }))).toEqual([
      'body.data.1',
      'body.data.+',
    ]);
  });

  test('compares rows of any other list in order', () => {
    const path = '/api2/json/nodes/pve01/tasks';
    const rows = [{ type: 'qmstart' }, { type: 'qmstop' }];
    expect(differences(path, ok({ data: rows }), ok({ data: rows.toReversed() }))).toHaveLength(2);
  });

  test('finds a task that ended otherwise', () => {
    const withTask = (exitstatus: string): Answer => ({ ...ok({ data: null }), task: { exitstatus } });
    expect(differences(statusCurrent, withTask('OK'), withTask('unexpected status'))).toEqual([
      'task.exitstatus',
    ]);
    expect(differences(statusCurrent, withTask('OK'), ok({ data: null }))).toEqual(['task']);
  });

  test('wants a UPID of the same node, type, guest and user', () => {
    const upid = (id: string, number: string): Json => ({
      data: `UPID:pve01:0000${number}:0005A1CB:6B037211:qmstart:${id}:root@pam:`,
    });
    const path = '/api2/json/nodes/pve01/qemu/101/status/start';
    expect(differences(path, ok(upid('101', '0159')), ok(upid('101', '0BAD')))).toEqual([]);
    expect(differences(path, ok(upid('101', '0159')), ok(upid('102', '0159')))).toEqual(['body.data']);
  });

  test('wants the same UPID where it was answered before', () => {
    const learned = new LearnedIds();
    const upid = (number: string): Answer =>
      ok({ data: { upid: `UPID:pve01:0000${number}:0005A1CB:6B037211:qmstart:101:root@pam:` } });
    expect(differences(statusCurrent, upid('0001'), upid('0002'), learned)).toEqual([]);
    expect(differences(statusCurrent, upid('0001'), upid('0002'), learned)).toEqual([]);
    expect(differences(statusCurrent, upid('0001'), upid('0003'), learned)).toEqual(['body.data.upid']);
  });
});
