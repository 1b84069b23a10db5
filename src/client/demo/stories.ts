import type { ExitCode } from '../../domain/exitCodes';
import type { Session } from '../session';
import { furnishForClusters } from './cluster/furnish';
import { demoProfile } from './cluster/profile';
import { tellClusterStory } from './cluster/story';
import type { DemoSetting, DemoStage } from './stage';
import { tellStory } from './story';
import { furnishForTemplates } from './template/furnish';
import { tellTemplateStory } from './template/story';

/** Something that `pxm demo` can show. */
export interface DemoStory extends DemoSetting {
  readonly tell: (session: Session, stage: DemoStage) => Promise<ExitCode>;
  /** A command that goes on with its cluster. */
  readonly next: string;
}

/** Their names. */
export const demoNames = ['evacuation', 'template', 'cluster'] as const;
export type DemoName = (typeof demoNames)[number];

/** All of them. */
export const demoStories: Readonly<Record<DemoName, DemoStory>> = {
  evacuation: { scenario: 'three-nodes', tell: tellStory, next: 'pxm evacuate pve02' },
  template: {
    scenario: 'debian-template',
    furnish: furnishForTemplates,
    tell: tellTemplateStory,
    next: 'pxm template status',
  },
  cluster: {
    scenario: 'talos-template',
    speed: 5,
    furnish: furnishForClusters,
    tell: tellClusterStory,
    next: `pxm cluster status ${demoProfile}`,
  },
};
