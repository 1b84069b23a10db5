import type { ClusterMember } from '../../../src/domain/cluster/member';
import { clusterTerms } from '../../../src/domain/rendering/clusterFacts';
import type { ClusterOutlineInput } from '../../../src/planning/cluster/planInput';
import { clusterPlanStillHolds } from '../../../src/planning/cluster/stillHolds';
import {
  aside,
  input,
  listed,
  lookWith,
  member,
  node,
  planOf,
  profile,
  refusalOf,
  removalsOf,
  seen,
  settings,
  storyOf,
  talos,
  talosMembers,
  talosProfile,
  talosRecord,
  uuidOf,
  workers,
} from './given';
import { without } from '../template/given';

describe('destroy, purge, undo', () => {
  test('destroy sets all aside, with a time to bring them back; --now deletes, what is aside too', () => {
    const staged = planOf(input({ action: 'destroy' }, { members: workers }));
    expect(storyOf(staged)).toEqual(['setAside 1003 1002 1001']);
    expect(staged).toMatchObject({ graceMs: 86_400_000, hardStop: false, shutdownTimeoutMs: 180_000 });
    const both = [...workers.slice(0, 1), ...aside.slice(1)];
    const now = planOf(input({ action: 'destroy', now: true }, { members: both }));
    expect(storyOf(now)).toEqual(['delete 1003 1002 1001']);
    expect(now.graceMs).toBeUndefined();
  });

  test('neither needs the profile, and Talos is still known by the record', () => {
    const members = talosMembers.map((it) => ({ ...it, address: `10.0.0.${it.ordinal}` }));
    const gone = without(input({ action: 'destroy' }, { members, recorded: talosRecord }), 'profile');
    const plan = planOf(gone);
    expect(plan).toMatchObject({ type: 'talos', protection: true });
    expect(plan.phases).toHaveLength(1);
    // What etcd holds is saved first, where it can be.
    expect(plan.lastSnapshot).toEqual([1003, 1002, 1001]);
    expect(clusterTerms(plan).join()).toContain(
      'what etcd holds is saved at lab-cp-3 or lab-cp-2 or lab-cp-1',
    );
    const creating = without(input({ action: 'create' }), 'profile');
    refused(creating).toMatch('its profile is not there any more');
  });

  test('what etcd holds is saved without the profile, also where the machine it was bootstrapped on is no member any more; where nobody can be asked the plan says so', () => {
    const members = talosMembers.map((it) => ({ ...it, address: `10.0.0.${it.vmid - 1000}` }));
    const going = (
      more: { readonly controlPlaneRole?: string },
      running = true,
      state: ClusterMember['state'] = 'ready',
    ) => {
      const there = members.map((it): ClusterMember => ({ ...it, state }));
      const facts = lookWith(there.map((it) => seen(it, {}, { running })));
      const recorded = { talos: { ...talosRecord.talos, bootstrapOn: 999, ...more } };
      const asked = input({ action: 'destroy', now: true }, { members: there, recorded, facts });
      return planOf(without(asked, 'profile'));
    };
    const known = { controlPlaneRole: 'cp' };
    expect(going(known).lastSnapshot?.toSorted()).toEqual([1001, 1002, 1003]);
    // Of a record that does not tell them a worker may be asked: it refuses.
    expect(going({}).lastSnapshot?.toSorted()).toEqual([1001, 1002, 1003, 1004, 1005]);
    const off = going(known, false);
    expect(off.lastSnapshot).toBeUndefined();
    expect(off.warnings.join('\n')).toContain('What etcd holds is not saved before it goes');
    expect(going(known, false, 'aside').warnings.join('\n')).not.toContain('etcd');
    expect(going(known).warnings.join('\n')).not.toContain('etcd');
  });

  test('purge deletes what is aside only', () => {
    const members = [...workers.slice(0, 1), ...aside.slice(1)];
    expect(storyOf(planOf(input({ action: 'purge' }, { members })))).toEqual(['delete 1003 1002']);
    expect(planOf(input({ action: 'purge' }, { members: workers }))).toMatchObject({
      phases: [],
      warnings: ['Nothing to do for lab: nothing of it is set aside.'],
    });
  });

  test('undo gives the names back and starts what is there, control planes first', () => {
    const members = talosMembers.map((it): ClusterMember => ({
      ...it,
      name: `${it.name}-aside`,
      state: 'aside',
    }));
    const facts = lookWith(members.map((it) => seen(it, {}, { running: false })));
    const plan = planOf(input({ action: 'undo' }, { ...talos, members, facts }));
    expect(storyOf(plan)).toEqual(['revive 1001 1002 1003 1004 1005']);
    expect(removalsOf(plan)[0]).toMatchObject({ nameThen: 'lab-cp-1', asideName: 'lab-cp-1-aside' });
    expect(plan.reservations).toHaveLength(5);
    expect(plan.keeps).toEqual([]);
  });

  test('undo waits for each as the machine itself allows, and not for what was never ready', () => {
    const [first, ...others] = aside;
    const members = [{ ...(first ?? member('x', 1, 1, 'x')), neverReady: true as const }, ...others];
    const facts = lookWith(members.map((it) => seen(it, it.vmid === 1002 ? { agent: '0' } : {})));
    const readiness = (given: ClusterOutlineInput) =>
      removalsOf(planOf(given)).map(({ member: { vmid }, readiness: how = 'not' }) => `${vmid} ${how}`);
    expect(readiness(input({ action: 'undo' }, { members, facts })).toSorted()).toEqual([
      ...['1001 not', '1002 running', '1003 agent'],
    ]);
    const ofTalos = talosMembers.map((it): ClusterMember => ({
      ...it,
      name: `${it.name}-aside`,
      state: 'aside',
      ...(it.vmid === 1005 ? {} : { address: `10.0.0.${it.vmid - 1000}` }),
    }));
    const back = input({ action: 'undo' }, { ...talos, members: ofTalos });
    expect(readiness(back)).toEqual([
      ...['1001 talosApi', '1002 talosApi', '1003 talosApi', '1004 talosApi', '1005 running'],
    ]);
    expect(clusterTerms(planOf(back)).join()).toContain('is waited for until it is again');
  });

  test('undo is refused where a name, a VMID or a static address was taken', () => {
    const there = aside.map((it) => seen(it));
    const namesake = listed(seen(workers[0] ?? member('x', 1, 1, 'x')), { vmid: 9000 });
    const named = lookWith(there, { guests: [...there.map((it) => listed(it)), namesake] });
    refused(input({ action: 'undo' }, { members: aside, facts: named })).toMatch(
      'the name lab-worker-1 was taken by VM 9000 on pve01',
    );
    const strange = aside.map((it) => seen(it, it.vmid === 1002 ? { smbios1: `uuid=${uuidOf(7)}` } : {}));
    refused(input({ action: 'undo' }, { members: aside, facts: lookWith(strange) })).toMatch(
      'VMID 1002 of lab-worker-2-aside was taken by another guest',
    );
    const addressed = aside.map((it) => seen(it, { ipconfig0: `ip=192.0.2.${it.ordinal}/24` }));
    const addresses = [
      { address: '192.0.2.1', vmid: 1001, by: 'VM 1001 (lab-worker-1-aside)' },
      { address: '192.0.2.2', vmid: 300, by: 'VM 300 (thief)' },
    ];
    refused(input({ action: 'undo' }, { members: aside, facts: lookWith(addressed, { addresses }) })).toMatch(
      'InputInvalid: the address 192.0.2.2 of lab-worker-2 was taken by VM 300 (thief).',
    );
  });

  test('undo takes no address of a template for that of its clones of type plain, which do not read it', () => {
    const address = '192.0.2.7';
    const addresses = aside.map(({ vmid, name }) => ({ address, vmid, by: `VM ${vmid} (${name})` }));
    const facts = lookWith(
      aside.map((it) => seen(it, { ipconfig0: 'ip=192.0.2.7/24' }, { running: false })),
      { addresses },
    );
    const back = input({ action: 'undo' }, { members: aside, facts, profile: profile({ type: 'plain' }) });
    for (const given of [back, without(back, 'profile')]) {
      const plan = planOf(given);
      expect(storyOf(plan)).toEqual(['revive 1001 1002 1003']);
      expect(clusterPlanStillHolds(plan, facts, plan.profileSha256, settings)).toEqual([]);
    }
    // Without the profile it counts where it was recorded, and where nothing could be: of machines that were adopted.
    const recorded = aside.map((it) => ({ ...it, address }));
    const adopted = aside.map((it) => without(it, 'generation'));
    for (const members of [recorded, adopted]) {
      refused(without(input({ action: 'undo' }, { members, facts }), 'profile')).toMatch(address);
    }
  });

  test.each(['create', 'scale', 'replace', 'upgrade', 'rebuild', 'adopt'] as const)(
    '%s waits until what is aside is brought back or deleted',
    (action) => {
      refused(input({ action }, { members: aside })).toMatch(/pxm cluster undo lab.*pxm cluster purge lab/s);
    },
  );

  test('members that nobody can see and members with snapshots are said, the others go', () => {
    const there = [seen(workers[0] ?? member('x', 1, 1, 'x'), { parent: 'before' })];
    const all = workers.map((it) => listed(seen(it)));
    const nodes = [node('pve01'), node('pve02', { online: false }), node('pve03')];
    const facts = lookWith(there, { nodes, guests: all.slice(0, 2) });
    const plan = planOf(input({ action: 'destroy' }, { members: workers, facts }));
    expect(storyOf(plan)).toEqual(['setAside 1001']);
    expect(plan.keeps.map(({ vmid }) => vmid)).toEqual([1002]);
    expect(plan.leftAlone).toMatchObject([{ vmid: 1002, node: 'pve02' }]);
    expect(plan.warnings.join('\n')).toMatch(/lab-worker-1 \(VM 1001\) has snapshots/);
    expect(removalsOf(plan)).toMatchObject([{ snapshot: 'before' }]);
    expect(plan.warnings.join('\n')).toMatch(/lab-worker-3 .* is dropped from the members/);
  });

  test('what Flux wrote stays in Git, and the plan says so', () => {
    const flux = {
      url: 'ssh://git@git.example.net/fleet.git',
      branch: 'main',
      path: 'clusters/lab',
      keySecret: 'flux',
    };
    const plan = planOf(
      input({ action: 'destroy', now: true }, { ...talos, profile: talosProfile({ flux }) }),
    );
    expect(plan.warnings.join('\n')).toContain('clusters/lab on main');
    // The record knows it where the profile is gone, or names another place by now.
    const filledFrom = 'ssh://git@git.example.net/old.git#main:clusters/lab';
    const recorded = { talos: { ...talosRecord.talos, filledFrom } };
    const asked = input({ action: 'destroy' }, { ...talos, profile: talosProfile({ flux }), recorded });
    const inGit = (given: ClusterOutlineInput) =>
      planOf(given).warnings.flatMap((it) => /^What Flux has written to (\S+)/.exec(it)?.[1] ?? []);
    expect(inGit(without(asked, 'profile'))).toEqual([filledFrom]);
    expect(inGit(asked)).toEqual([flux.url, filledFrom]);
    const same = { talos: { ...talosRecord.talos, filledFrom: `${flux.url}#main:clusters/lab` } };
    expect(
      inGit({ ...asked, change: input({ action: 'destroy' }, { ...talos, recorded: same }).change }),
    ).toEqual([flux.url]);
  });
});

function refused(given: ClusterOutlineInput) {
  const said = refusalOf(given);
  expect(said).toContain('InputInvalid: ');
  return expect(said);
}
