import { listRunbooks, shippedFolder } from '../../../../src/runbooks/catalogue';
import type { ProxmoxVersion } from '../../../e2e/support/scenario';
import { describeMaintenance } from './describeMaintenance';
import { describeTemplates } from './describeTemplates';
import { describeTrouble } from './describeTrouble';
import { maintenanceRuns, templateRuns } from './runs';
import { setShippedStage, type ShippedOutcome, type ShippedStage } from './stage';

/** What the tests of one version see. */
export interface Seen {
  readonly stage: () => ShippedStage;
  /** Rejects where the run did not come to its end. */
  readonly outcome: (runbook: string) => Promise<ShippedOutcome>;
}

/** Runs every shipped runbook on a simulated cluster of this version, and looks what came of it. */
export function describeRuns(version: ProxmoxVersion): void {
  describe(`on Proxmox VE ${version}`, () => {
    let stage: ShippedStage | undefined;
    let outcomes: ReadonlyMap<string, PromiseSettledResult<ShippedOutcome>> = new Map();
    const seen: Seen = {
      stage() {
        if (stage === undefined) throw new Error('the stage is not set');
        return stage;
      },
      async outcome(runbook) {
        const settled = outcomes.get(runbook);
        if (settled?.status === 'fulfilled') return Promise.resolve(settled.value);
        throw settled?.reason ?? new Error(`${runbook} was not run`);
      },
    };
    beforeAll(async () => {
      stage = await setShippedStage(version);
      outcomes = await stage.runAll();
    });
    afterAll(async () => stage?.close());

    test('every runbook that is shipped is run', () => {
      const shipped = listRunbooks(shippedFolder).map(({ name }) => name);
      expect([...outcomes.keys()].toSorted()).toEqual(shipped.toSorted());
      expect([...templateRuns, ...maintenanceRuns]).toHaveLength(shipped.length);
    });
    describeTemplates(seen);
    describeMaintenance(seen);
    describeTrouble(seen);
  });
}
