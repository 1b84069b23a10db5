import type { ClusterConfig } from '../../clusterConfig';
import type { Finding } from '../../findings';
import type { ProfileDraft } from '../draft';

/** What a profile is judged against. */
export interface RuleContext {
  readonly config: ClusterConfig;
  /** Absolute path of the profile. */
  readonly file: string;
}

/** What several keys of a profile, or a profile and the configuration, must satisfy together. */
export type ProfileRule = (draft: ProfileDraft, context: RuleContext) => Finding[];
