import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { ClusterProfile } from '../../domain/cluster/profile';
import { checkYaml } from '../checkYaml';
import type { ClusterConfig } from '../clusterConfig';
import { present } from '../present';
import type { ConfigProblem } from '../problems';
import { resolveProfile } from './resolve';
import { profileFindings } from './rules';
import { clusterProfileFile } from './schema';

/** What was found in a profile. */
export interface ProfileCheck {
  /** Present exactly when there are no problems. */
  readonly profile?: ClusterProfile;
  /** All problems, in the order of the file. */
  readonly problems: readonly ConfigProblem[];
}

/**
 * Checks the text of a profile against a configuration; `file` is its path, which problems name and relative paths start
 * from. Reads nothing but the files that the profile names (patches, SSH keys), and that of the SSH keys which the
 * configuration names. Never throws for what is in them.
 */
export function readProfile(profile: {
  readonly text: string;
  readonly file: string;
  readonly config: ClusterConfig;
}): ProfileCheck {
  const { text, file, config } = profile;
  const context = { config, file: resolve(file) };
  const { parsed, problems } = checkYaml(text, file, {
    schema: clusterProfileFile,
    atLeast: 'the keys name, type, template and roles',
    rules: (value) => profileFindings(value, context),
  });
  const sha256 = createHash('sha256').update(text).digest('hex');
  const resolved = parsed === undefined ? undefined : resolveProfile(parsed, sha256, context);
  return { problems, ...present({ profile: resolved }) };
}
