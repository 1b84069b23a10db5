import type { AccessAction, PlannedAccessStep } from '../../domain/accessPlan';
import type { AclEntry } from '../../domain/access';

/** An entry in words, e.g. `ClaudeCodeManager on / for claude-code@pve`. */
export function entryInWords({ role, path, subject, propagate }: AclEntry): string {
  return `${role} on ${path} for ${subject}${propagate ? '' : ' (not below it)'}`;
}

/** Whether two entries are the same but for `propagate`. */
export function sameEntry(one: AclEntry, other: AclEntry): boolean {
  return (
    one.path === other.path &&
    one.kind === other.kind &&
    one.subject === other.subject &&
    one.role === other.role
  );
}

/** The user of a token's ID, and its name. */
export function tokenParts(tokenId: string): { readonly user: string; readonly name: string } {
  const [user = '', name = ''] = tokenId.split('!');
  return { user, name };
}

/** A step with its ID and title. IDs are unique in a plan: each goal stands in it once. */
export function step(action: AccessAction): PlannedAccessStep {
  return { ...namesOf(action), action };
}

function namesOf(action: AccessAction): Omit<PlannedAccessStep, 'action'> {
  const { kind } = action;
  switch (kind) {
    case 'setRole':
      return { id: `role-${action.role}`, title: `Give the role ${action.role} its privileges` };
    case 'setUser':
      return { id: `user-${action.user}`, title: `Set up the user ${action.user}` };
    case 'setPool':
      return { id: `pool-${action.pool}`, title: `Set up the pool ${action.pool}` };
    case 'setAcl':
      return { id: `acl-${entryKey(action.entry)}`, title: `Give ${entryInWords(action.entry)}` };
    case 'issueToken':
      return { id: `token-${action.tokenId}`, title: `Make the token ${action.tokenId}, store and try it` };
    case 'awaitTasks':
      return { id: `tasks-${action.tokenId}`, title: `Wait until no task of ${action.tokenId} runs` };
    case 'removeToken':
      return { id: `remove-token-${action.tokenId}`, title: `Remove the token ${action.tokenId}` };
    case 'removeAcl':
      return { id: `remove-acl-${entryKey(action.entry)}`, title: `Take away ${entryInWords(action.entry)}` };
    case 'removeRole':
      return { id: `remove-role-${action.role}`, title: `Remove the role ${action.role}` };
    case 'removePool':
      return { id: `remove-pool-${action.pool}`, title: `Remove the pool ${action.pool}` };
    case 'removeUser':
      return { id: `remove-user-${action.user}`, title: `Remove the user ${action.user}` };
    case 'forgetToken':
      return { id: `forget-${action.tokenId}`, title: `Remove ${action.tokenId} from the store` };
  }
}

function entryKey({ path, subject, role }: AclEntry): string {
  return `${path}-${subject}-${role}`;
}
