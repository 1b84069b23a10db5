import type { OperationEndedMessage, OperationUnderWay } from '../../../src/domain/cluster/messages';
import type { ClusterAction } from '../../../src/domain/cluster/request';
import { problem } from '../../../src/domain/errors';
import { memberChanged, operationEnded, operationLost } from '../../../src/workflows/cluster/entity/changes';
import {
  dueAction,
  putOff,
  reminder,
  requestByItself,
  untilDueMs,
} from '../../../src/workflows/cluster/entity/dues';
import { isMemberChanged, isOperationEnded } from '../../../src/workflows/cluster/entity/forms';
import { endAsked, senseless } from '../../../src/workflows/cluster/entity/judge';
import { isEmpty, type EntityState } from '../../../src/workflows/cluster/entity/state';
import { toReplace } from '../../../src/workflows/cluster/toReplace';
import { forgetUnstarted, takeEarly, takeTold } from '../../../src/workflows/cluster/entity/told';
import { instance, record, workers } from '../../planning/cluster/given';

const hour = 3_600_000;
const noon = Date.parse('2026-11-26T12:00:00.000Z');
const at = (ms: number) => new Date(ms).toISOString();
const aside = workers.map((it) => ({ ...it, state: 'aside' as const }));
const there = (more: Partial<EntityState['record']> = {}): EntityState => ({ record: record(workers, more) });
const put = (more: Partial<EntityState['record']> = {}): EntityState => ({ record: record(aside, more) });

function under(action: ClusterAction, more: Partial<OperationUnderWay> = {}): OperationUnderWay {
  return { action, workflowId: 'change-cluster/home/lab', run: 'run-2', since: at(noon), ...more };
}

const endOf = (more: Partial<OperationEndedMessage> = {}): OperationEndedMessage => ({
  ...{ run: 'run-2', instance, outcome: 'done', summary: 'All is done.', members: workers },
  ...more,
});

describe('what a cluster refuses', () => {
  const failed = (state: EntityState, action: ClusterAction, more = {}) =>
    senseless(state, { profile: 'lab', action, ...more })?.failed;

  it.each<[ClusterAction, string | undefined, string | undefined, string | undefined]>([
    ['create', undefined, undefined, '3 of its machines are set aside'],
    ['adopt', undefined, undefined, '3 of its machines are set aside'],
    ['scale', 'it has no machines', undefined, '3 of its machines are set aside'],
    ['upgrade', 'it has no machines', undefined, '3 of its machines are set aside'],
    ['destroy', 'it has no machines', undefined, 'all of its machines are set aside already'],
    ['purge', 'it has no machines', 'nothing of it is set aside', undefined],
    ['undo', 'it has no machines', 'nothing of it is set aside', undefined],
  ])('%s with no machines, with machines, with machines that are set aside', (action, none, some, put3) => {
    const wanted = (text: string | undefined) =>
      text === undefined ? text : (expect.stringContaining(text) as string);
    expect(failed({}, action)).toEqual(wanted(none));
    expect(failed(there(), action)).toEqual(wanted(some));
    expect(failed(put(), action)).toEqual(wanted(put3));
  });

  it('lets a plan look for what is set aside where an operation before has not said how it ended', () => {
    const lost = { action: 'destroy' as const, summary: 'It ended without a report.', endedAt: at(noon) };
    for (const action of ['undo', 'purge'] as const) {
      expect(failed({ ...there(), last: lost }, action)).toBeUndefined();
      expect(failed({ ...there(), last: { ...lost, outcome: 'done' } }, action)).toContain('nothing of it');
    }
  });

  it('lets what is set aside be deleted at once', () => {
    expect(failed(put(), 'destroy', { now: true })).toBeUndefined();
  });
});

describe('the times of a cluster', () => {
  it('wakes for each reminder, then for the end, and begins a destruction then', () => {
    const state = there({ endsAt: at(noon) });
    expect(untilDueMs(state, noon - 80 * hour)).toBe(8 * hour);
    expect(reminder(state, 'lab', noon - 80 * hour)).toBeUndefined();
    expect(reminder(state, 'lab', noon - 72 * hour)).toContain('pxm cluster extend lab --for 7d');
    expect(untilDueMs(state, noon - 30 * hour)).toBe(6 * hour);
    expect(untilDueMs(state, noon - 1)).toBe(1);
    expect(dueAction(state, noon - 1)).toBeUndefined();
    expect(dueAction(state, noon)).toBe('destroy');
  });

  it('begins nothing while an operation is under way, nor what was not wanted before its time', () => {
    const state = { ...there({ endsAt: at(noon) }), operation: under('scale') };
    expect(dueAction(state, noon)).toBeUndefined();
    expect(untilDueMs(state, noon)).toBeUndefined();
    const later = { ...there({ endsAt: at(noon) }), notBefore: at(noon + hour) };
    expect(dueAction(later, noon)).toBeUndefined();
    expect(untilDueMs(later, noon)).toBe(hour);
    expect(dueAction(later, noon + hour)).toBe('destroy');
  });

  it('begins a purge once the grace period is over, and no destruction of what is set aside', () => {
    const state = put({ endsAt: at(noon - hour), asideUntil: at(noon) });
    expect(dueAction(state, noon - 1)).toBeUndefined();
    expect(dueAction(state, noon)).toBe('purge');
    expect(reminder(state, 'lab', noon)).toContain('once a person has approved that');
    expect(untilDueMs(there(), noon)).toBeUndefined();
  });

  it.each([
    [{ by: 'ada', timeToLiveMs: hour }, at(noon + hour)],
    [{ by: 'ada', until: '2026-12-01T00:00:00Z' }, '2026-12-01T00:00:00.000Z'],
    [{ by: 'ada', never: true }, undefined],
  ])('is extended by %j', (message, endsAt) => {
    expect(endAsked(there(), 'lab', message, noon)).toEqual(endsAt === undefined ? {} : { endsAt });
  });

  it.each([
    [{ by: 'ada' }, 'one of'],
    [{ by: 'ada', timeToLiveMs: hour, never: true }, 'one of'],
    [{ timeToLiveMs: hour }, 'one of'],
    [{ by: 'ada', timeToLiveMs: -1 }, 'one of'],
    [{ by: 'ada', timeToLiveMs: 3651 * 24 * hour }, 'ten years'],
    [{ by: 'ada', until: '2037-01-01T00:00:00Z' }, 'ten years'],
    [{ by: 'ada', until: 'tomorrow' }, 'ISO time'],
    [{ by: 'ada', until: '2026-11-01T00:00:00Z' }, 'that time is over'],
    [null, 'one of'],
  ])('is not extended by %j', (message, failed) => {
    expect(endAsked(there(), 'lab', message, noon)).toMatchObject({
      code: 'InputInvalid',
      failed: expect.stringContaining(failed) as string,
    });
    expect(endAsked(put(), 'lab', { by: 'ada', never: true }, noon)).toHaveProperty('code', 'InputInvalid');
  });
});

describe('the forms of what is told of a cluster', () => {
  const [member] = workers;
  const changed = { run: 'run-2', instance, vmid: 1001, member };

  it('takes what operations say', () => {
    expect(isMemberChanged(changed)).toBe(true);
    expect(isMemberChanged({ run: 'run-2', instance, vmid: 1001, timeToLiveMs: hour })).toBe(true);
    const toReplace = { machines: ['lab-worker-1'], by: 'ada' };
    expect(isOperationEnded(endOf({ endsAt: at(noon), asideUntil: at(noon), toReplace }))).toBe(true);
  });

  it.each([
    ...[null, 'text', { ...changed, vmid: '1001' }, { ...changed, vmid: 1.5 }, { ...changed, member: null }],
    ...[
      { ...changed, timeToLiveMs: 0 },
      { ...changed, timeToLiveMs: 1e15 },
    ],
    ...['name', 'role', 'ordinal', 'vmid', 'node', 'run', 'uuid', 'address', 'generation', 'state'].map(
      (field) => ({ ...changed, member: { ...member, [field]: {} } }),
    ),
  ])('takes no change of a member such as %j', (message) => {
    expect(isMemberChanged(message)).toBe(false);
  });

  it.each([
    ...['run', 'instance', 'outcome', 'summary', 'members', 'endsAt', 'asideUntil'].map((field) => ({
      ...endOf(),
      [field]: 7,
    })),
    ...[
      { ...endOf(), members: [null] },
      { ...endOf(), outcome: 'over' },
      { ...endOf(), endsAt: 'tomorrow' },
      { ...endOf(), toReplace: { machines: [], by: 'ada' } },
      { ...endOf(), toReplace: { machines: ['lab-worker-1'] } },
    ],
  ])('takes no end such as %j', (message) => {
    expect(isOperationEnded(message)).toBe(false);
  });
});

describe('what an operation tells of a cluster', () => {
  it('changes one member at a time, and only as the operation that is under way', () => {
    const state: EntityState = { record: record([]), operation: under('create') };
    const [first, second] = workers;
    if (first === undefined || second === undefined) throw new Error('no members');
    memberChanged(state, { run: 'run-2', instance, vmid: second.vmid, member: second });
    memberChanged(state, { run: 'run-2', instance, vmid: first.vmid, member: first });
    memberChanged(state, { run: 'run-1', instance, vmid: first.vmid });
    memberChanged(state, { run: 'run-2', instance: 'a former one', vmid: first.vmid });
    expect(state.record?.members).toEqual([first, second]);
    memberChanged(state, { run: 'run-2', instance, vmid: first.vmid });
    expect(state.record?.members).toEqual([second]);
    delete state.operation;
    memberChanged(state, { run: 'run-2', instance, vmid: second.vmid });
    expect(state.record?.members).toEqual([second]);
  });

  it('replaces what is known once it has ended, and ends it only once', () => {
    const state: EntityState = { record: record([]), operation: under('create') };
    operationEnded(state, endOf({ run: 'run-1', members: [] }), at(noon));
    expect(state.operation).toBeDefined();
    operationEnded(state, endOf({ endsAt: at(noon + hour) }), at(noon));
    expect(state).toEqual({
      record: record(workers, { endsAt: at(noon + hour) }),
      last: { action: 'create', outcome: 'done', summary: 'All is done.', endedAt: at(noon) },
    });
    operationEnded(state, endOf({ members: [] }), at(noon));
    expect(state.record?.members).toEqual(workers);
  });

  it('takes nothing of a former operation for one that is just being started, and loses nothing of that one', () => {
    const starting: OperationUnderWay = {
      action: 'scale',
      workflowId: 'change-cluster/home/lab',
      since: at(noon),
    };
    const keeper = { state: { record: record(workers), operation: starting } as EntityState, early: [] };
    const [first] = workers;
    if (first === undefined) throw new Error('no members');
    operationEnded(keeper.state, endOf({ run: 'run-1', members: [] }), at(noon));
    operationLost(keeper.state, 'run-1', 'it was terminated', at(noon));
    takeTold(keeper, endOf({ run: 'run-1', members: [] }), at(noon));
    takeTold(keeper, { run: 'run-2', instance, vmid: first.vmid }, at(noon));
    expect(keeper.state).toEqual({ record: record(workers), operation: starting });
    keeper.state.operation = { ...starting, run: 'run-2' };
    takeEarly(keeper, at(noon));
    expect(keeper.state.operation).toBeDefined();
    expect(keeper.state.record?.members).toEqual(workers.slice(1));
    forgetUnstarted(keeper);
    expect(keeper.state.operation).toBeDefined();
  });

  it('keeps an end that was changed meanwhile, and forgets it with the last machine', () => {
    const extended = under('scale', { isExtended: true });
    const state: EntityState = { record: record(workers, { endsAt: at(noon + hour) }), operation: extended };
    operationEnded(state, endOf({ endsAt: at(noon) }), at(noon));
    expect(state.record?.endsAt).toBe(at(noon + hour));
    state.operation = under('purge');
    operationEnded(state, endOf({ members: [] }), at(noon));
    expect(state.record).toEqual(record([]));
  });

  it('says how long what is set aside is kept, and takes the end from the plan that brings it back', () => {
    const state: EntityState = {
      record: record(workers, { endsAt: at(noon - hour) }),
      operation: under('destroy'),
    };
    operationEnded(state, endOf({ members: aside, asideUntil: at(noon + hour) }), at(noon));
    expect(state.record).toEqual(record(aside, { endsAt: at(noon - hour), asideUntil: at(noon + hour) }));
    state.operation = under('undo');
    operationEnded(state, endOf(), at(noon));
    expect(state.record).toEqual(record(workers));
  });

  it('asks a day later again for what it began by itself and nobody wanted', () => {
    const state: EntityState = {
      record: record(workers, { endsAt: at(noon) }),
      operation: under('destroy', { isByItself: true }),
    };
    operationEnded(state, endOf({ outcome: 'rejected' }), at(noon));
    expect(state.notBefore).toBe(at(noon + 24 * hour));
    expect(dueAction(state, noon + 23 * hour)).toBeUndefined();
    expect(dueAction(state, noon + 24 * hour)).toBe('destroy');
  });

  it.each(['done', 'incomplete'] as const)(
    'begins nothing again at once that it began by itself and that is due still, though it ended as %s',
    (outcome) => {
      const state: EntityState = {
        record: record(workers, { endsAt: at(noon) }),
        operation: under('destroy', { isByItself: true }),
      };
      operationEnded(state, endOf({ outcome }), at(noon));
      expect(dueAction(state, noon + 1)).toBeUndefined();
      expect(dueAction(state, noon + 24 * hour)).toBe('destroy');

      const mixed = [...workers.slice(0, 1), ...aside.slice(1)];
      state.operation = under('destroy', { isByItself: true });
      operationEnded(state, endOf({ outcome, members: mixed, asideUntil: at(noon + 24 * hour) }), at(noon));
      // What can't be set aside does not keep what is set aside.
      expect(dueAction(state, noon + 24 * hour)).toBe('purge');
      state.operation = under('purge', { isByItself: true });
      operationEnded(state, endOf({ outcome, members: aside.slice(1) }), at(noon + 25 * hour));
      expect(dueAction(state, noon + 26 * hour)).toBeUndefined();
      expect(dueAction(state, noon + 49 * hour)).toBe('purge');
    },
  );

  it('begins at once what becomes due while nothing holds it', () => {
    const state: EntityState = {
      ...{ record: record(workers, { endsAt: at(noon - hour) }), notBefore: at(noon) },
      operation: under('destroy', { isByItself: true }),
    };
    operationEnded(state, endOf({ members: aside, asideUntil: at(noon + hour) }), at(noon));
    expect(state).not.toHaveProperty('notBefore');
    expect(dueAction(state, noon + hour)).toBe('purge');
  });

  it.each(['planned', 'rejected', 'expired', 'refused', 'cancelled'] as const)(
    'changes no time of the cluster where what was to be brought back is %s',
    (outcome) => {
      const mixed = [...workers.slice(0, 1), ...aside.slice(1)];
      const times = { endsAt: at(noon + hour), asideUntil: at(noon + 2 * hour) };
      const state: EntityState = { record: record(mixed, times), operation: under('undo') };
      operationEnded(state, endOf({ outcome, members: mixed }), at(noon));
      expect(state.record).toEqual(record(mixed, times));
      state.operation = under('undo');
      const told = endOf({ outcome, members: mixed, endsAt: at(noon), asideUntil: at(noon) });
      if (outcome !== 'cancelled') operationEnded(state, told, at(noon));
      expect(state.record).toEqual(record(mixed, times));
    },
  );

  it.each([
    [{ graceMs: 168 * hour }, 168 * hour],
    [{}, 24 * hour],
  ])('keeps what a lost destruction has set aside as long as was asked for (%o)', (asked, graceMs) => {
    const state: EntityState = { record: record(aside), operation: under('destroy', asked) };
    operationLost(state, 'run-2', 'it was terminated', at(noon));
    expect(state.record?.asideUntil).toBe(at(noon + graceMs));
  });

  it.each([
    ['counts from its end', workers, {}, at(noon + hour)],
    ['was changed meanwhile', workers, { isExtended: true as const }, undefined],
    ['is of no machine', [], {}, undefined],
  ])('keeps the time to live of a new cluster whose creation is lost: it %s', (_, left, more, endsAt) => {
    const state: EntityState = { record: record([]), operation: under('create') };
    const told = { run: 'run-2', instance, timeToLiveMs: hour };
    for (const member of workers) memberChanged(state, { ...told, vmid: member.vmid, member });
    // Those that are not there any more are told without a member.
    for (const { vmid } of workers.slice(left.length)) memberChanged(state, { ...told, vmid });
    state.operation = under('create', { ...state.operation, ...more });
    operationLost(state, 'run-2', 'it was terminated', at(noon));
    expect(state.record).toEqual(record(left, endsAt === undefined ? {} : { endsAt }));
  });

  it('keeps what was told of the machines where the operation is lost', () => {
    const state: EntityState = { record: record(workers), operation: under('scale') };
    operationLost(state, 'run-1', 'it was terminated', at(noon));
    expect(state.operation).toBeDefined();
    operationLost(state, 'run-2', 'it was terminated', at(noon));
    expect(state).toMatchObject({ record: { members: workers }, last: { action: 'scale' } });
    expect(state.notice).toContain('It ended without a report: it was terminated.');
  });
});

describe('machines that are to be replaced, as a person has answered', () => {
  const wanted = { machines: ['lab-worker-2', 'lab-worker-3'], by: 'ada' };
  const ended = (more: Partial<OperationEndedMessage> = {}) => {
    const state: EntityState = { record: record([]), operation: under('create') };
    operationEnded(state, endOf({ outcome: 'incomplete', toReplace: wanted, ...more }), at(noon));
    return state;
  };

  it('are one operation, which is begun as soon as the one before has ended, and before all else', () => {
    const state = ended({ endsAt: at(noon - hour) });
    expect(dueAction(state, noon)).toBe('replace');
    expect(requestByItself(state, 'lab', 'replace')).toEqual({
      ...{ profile: 'lab', action: 'replace', machines: wanted.machines, orMissing: true },
      requestedBy: 'ada (answered with replace)',
    });
    expect(reminder(state, 'lab', noon)).toContain('To be replaced, as ada has answered: lab-worker-2');
    expect(dueAction({ ...state, notBefore: at(noon + hour) }, noon)).toBe('replace');
    expect(dueAction({ ...state, operation: under('scale') }, noon)).toBeUndefined();
  });

  it('keep the cluster there though nothing of it was made, and may be made then', () => {
    const state = ended({ members: [] });
    expect(isEmpty(state)).toBe(false);
    expect(senseless(state, requestByItself(state, 'lab', 'replace'))).toBeUndefined();
    expect(senseless(state, { profile: 'lab', action: 'replace', machines: ['lab-worker-2'] })).toBeDefined();
  });

  it('are tried again later where that could not be begun, and nothing else waits for it', () => {
    const state = ended({ endsAt: at(noon - hour) });
    putOff(state, 'replace', noon);
    expect(dueAction(state, noon)).toBe('destroy');
    delete state.record;
    expect(dueAction(state, noon)).toBeUndefined();
    expect(untilDueMs(state, noon)).toBe(600_000);
    expect(dueAction(state, noon + 600_000)).toBe('replace');
  });

  it.each(['cancelled', 'rejected', 'expired', 'refused', 'planned'] as const)(
    'are nothing to an operation that is %s',
    (outcome) => {
      expect(ended({ outcome }).replacement).toBeUndefined();
    },
  );

  it('are those that are not as planned, and none where the operation was ended', () => {
    const machine = (ordinal: number, outcome: 'ready' | 'parked' | 'notMade') => ({
      ...{ name: `lab-worker-${ordinal}`, vmid: 1000 + ordinal, node: 'pve01', outcome },
    });
    const answered = (vmid: number, choice: 'replace' | 'skip') => ({
      ...{ id: `d${vmid}`, kind: 'stepFailed' as const, vmid, title: 'Start', seen: '', openedAt: at(noon) },
      problem: problem('TaskFailed', { attempted: 'start', failed: 'it failed' }),
      choices: ['retry', 'replace', 'skip', 'abort'] as const,
      answer: { choice, by: 'ada', at: at(noon) },
    });
    const machines = [1, 2, 3, 4].map((it) =>
      machine(it, it === 1 ? 'ready' : it === 3 ? 'notMade' : 'parked'),
    );
    const decisions = [1001, 1002, 1003].map((vmid) => answered(vmid, 'replace'));
    expect(toReplace({ decisions: [...decisions, answered(1004, 'skip')] }, machines)).toEqual(wanted);
    expect(toReplace({ decisions, cancel: { running: 'finish', by: 'ada' } }, machines)).toBeUndefined();
    expect(toReplace({ decisions: [answered(1004, 'skip')] }, machines)).toBeUndefined();
  });
});
