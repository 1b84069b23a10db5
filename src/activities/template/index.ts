import { version } from '../../../package.json';
import type { ActivityDependencies } from '../dependencies';
import { createLedgerClient } from '../ledger/client';
import { activity } from '../shared/attempt';
import type { TemplateActivities } from './contract';
import type { TemplateDependencies } from './dependencies';
import { planTemplate } from './plan';
import { readRecipe } from './recipe';
import { bootCheck } from './steps/bootCheck';
import { bringIntoForce } from './steps/bringIntoForce';
import { convertToTemplate, fetchImage, makeMachine } from './steps/build';
import { destroyGuest, stopGuest } from './steps/destroy';
import { tasksBefore } from './steps/known';
import { removeImage } from './steps/removeImage';
import { cloneForTest, startTestClone } from './steps/testClone';

/** The activities of making a template. */
export function createTemplateActivities({
  config,
  proxmox,
  temporal,
}: Pick<ActivityDependencies, 'config' | 'proxmox' | 'temporal'>): TemplateActivities {
  const ledger = createLedgerClient(temporal, config.cluster.name);
  const dependencies: TemplateDependencies = {
    ...{ config, client: proxmox, ledger, product: version },
    now: () => new Date(),
    readRecipe: (request) => readRecipe(config, request),
  };
  return {
    planTemplate: activity(({ signal }, input) => planTemplate(dependencies, signal, input)),
    templateTasksBefore: activity(({ signal }, { plan }) => tasksBefore(proxmox, plan, signal)),
    fetchTemplateImage: activity((attempt, input) => fetchImage(proxmox, attempt, input)),
    makeTemplateMachine: activity((attempt, input) => makeMachine(proxmox, attempt, input)),
    convertToTemplate: activity((attempt, input) => convertToTemplate(proxmox, attempt, input)),
    cloneForBootTest: activity((attempt, input) => cloneForTest(proxmox, attempt, input)),
    startBootTest: activity((attempt, input) => startTestClone(proxmox, attempt, input)),
    watchBootTest: activity((attempt, input) => bootCheck(proxmox, attempt, input)),
    bringTemplateIntoForce: activity((attempt, input) => bringIntoForce(proxmox, attempt, input)),
    stopBuiltGuest: activity((attempt, input) => stopGuest(proxmox, attempt, input)),
    destroyBuiltGuest: activity((attempt, input) => destroyGuest(proxmox, ledger, attempt, input)),
    removeTemplateImage: activity((attempt, input) => removeImage(proxmox, attempt, input)),
  };
}
