import { version } from '../../../package.json';
import type { ActivityDependencies } from '../dependencies';
import { bootTimes } from '../guests/watchBoot';
import { createLedgerClient } from '../ledger/client';
import { activity } from '../shared/attempt';
import { checkTemplatePlan } from './check';
import type { TemplateActivities } from './contract';
import type { TemplateDependencies } from './dependencies';
import { planTemplate } from './plan';
import { readTemplateRunbook } from './recipe';
import { bootCheck } from './steps/bootCheck';
import { bringIntoForce, isInForce } from './steps/bringIntoForce';
import { cloneForCopy, moveCopy } from './steps/copy';
import { destroyGuest, lookForDestruction, stopGuest } from './steps/destroy';
import { finishCopy } from './steps/finish';
import { cloneForTest, startTestClone } from './steps/testClone';

/** The activities of making a template. */
export function createTemplateActivities({
  config,
  proxmox,
  ssh,
  temporal,
}: Pick<ActivityDependencies, 'config' | 'proxmox' | 'ssh' | 'temporal'>): TemplateActivities {
  const times = { ...bootTimes, patienceMs: config.templates.bootTimeoutMs };
  const ledger = createLedgerClient(temporal, config.cluster.name);
  const dependencies: TemplateDependencies = {
    ...{ config, client: proxmox, ssh, ledger, product: version },
    now: () => new Date(),
    readRunbook: (request) => readTemplateRunbook(config, request),
  };
  return {
    planTemplate: activity(({ signal }, input) => planTemplate(dependencies, signal, input)),
    checkTemplatePlan: activity(({ signal }, input) => checkTemplatePlan(dependencies, signal, input)),
    cloneForCopy: activity((attempt, input) => cloneForCopy(proxmox, ledger, attempt, input)),
    moveTemplateCopy: activity((attempt, input) => moveCopy(proxmox, ledger, attempt, input)),
    finishTemplateCopy: activity((attempt, input) => finishCopy(proxmox, attempt, input)),
    cloneForBootTest: activity((attempt, input) => cloneForTest(proxmox, ledger, attempt, input)),
    startBootTest: activity((attempt, input) => startTestClone(proxmox, ledger, attempt, input)),
    watchBootTest: activity((attempt, input) => bootCheck(proxmox, attempt, input, times)),
    bringTemplateIntoForce: activity((attempt, input) => bringIntoForce(proxmox, attempt, input)),
    isTemplateInForce: activity((attempt, input) => isInForce(proxmox, attempt, input)),
    stopBuiltGuest: activity((attempt, input) => stopGuest(proxmox, attempt, input)),
    destroyBuiltGuest: activity((attempt, input) => destroyGuest(proxmox, ledger, attempt, input)),
    lookForDestruction: activity((attempt, input) => lookForDestruction(proxmox, attempt, input)),
  };
}
