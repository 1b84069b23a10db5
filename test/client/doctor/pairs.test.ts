import { proxmoxVersions, type ProxmoxVersion } from '../../e2e/support/scenario';
import { faultNames, faults, hiddenPairs, impossiblePairs, type FaultName } from './faults';
import { examineWith, expectExactly, openInstallations, type Installations } from './support';

let installations: Installations;
beforeAll(async () => {
  installations = await openInstallations();
});
afterAll(() => installations.close());

const pairs = faultNames.flatMap((one, index) =>
  faultNames.slice(index + 1).map((other) => [one, other] as const),
);
const impossible = pairs.filter(([one, other]) =>
  impossiblePairs.some(([first, second]) => first === one && second === other),
);
const hidden = hiddenPairs.flatMap((pair) =>
  pair.hidden.map((name) => [pair.found, name, pair.reason] as const),
);
const visible = pairs.filter(
  ([one, other]) =>
    !impossible.some((it) => it[0] === one && it[1] === other) &&
    !hidden.some(([found, name]) => found === one && name === other),
);

describe('pxm doctor on a cluster with two faults', () => {
  it('is tested with every pair', () => {
    expect(visible.length + hidden.length + impossible.length).toBe(
      (faultNames.length * (faultNames.length - 1)) / 2,
    );
  });

  // Both versions take turns: each fault is planted with many others on each of them.
  it.each(visible)('finds and names both: %s, and %s', async (one, other) => {
    const version = turnOf(one, other);
    const { findings } = await examineWith(installations, version, [faults[one], faults[other]]);
    expectExactly(findings, [one, other], version);
  });

  it.each(hidden)('names what hides the other: %s, hiding %s, because %s', async (found, name) => {
    const version = turnOf(found, name);
    const { findings } = await examineWith(installations, version, [faults[found], faults[name]]);
    expectExactly(findings, [found], version);
    const hiddenChecks = findings.filter(({ status }) => status === 'notChecked').map(({ check }) => check);
    const [expected = ''] = faults[name].finds(version)[0] ?? [];
    expect(hiddenChecks).toContain(expected.split(' ')[1]);
  });
});

function turnOf(one: FaultName, other: FaultName): ProxmoxVersion {
  const turn = (faultNames.indexOf(one) + faultNames.indexOf(other)) % proxmoxVersions.length;
  return proxmoxVersions[turn] ?? '9';
}
