import { existsSync, readFileSync } from 'node:fs';

import { ApplicationFailure } from '@temporalio/common';

import type { AccessOperation, AccessPlan } from '../../../src/domain/accessPlan';
import { startLab, untouched, type AccessLab } from './support/lab';

const user = 'claude-code@pve';

/** The changing commands of each operation. */
const changes: readonly (readonly [AccessOperation, string])[] = [
  ['bootstrapAccess', 'pveum role add ClaudeCodeManager *'],
  ['bootstrapAccess', 'pveum role add ClaudeCodeManagerBuilds *'],
  ['bootstrapAccess', 'pveum user add*'],
  ['bootstrapAccess', 'pveum pool add*'],
  ['bootstrapAccess', 'pveum acl modify / *'],
  ['bootstrapAccess', 'pveum user token add*'],
  ['rotateToken', 'pveum user token add*'],
  ['rotateToken', 'pveum user token delete*'],
  ['undoAccess', 'pveum user token delete*'],
  ['undoAccess', 'pveum acl delete*'],
  ['undoAccess', 'pveum role delete*'],
  ['undoAccess', 'pveum pool delete*'],
  ['undoAccess', 'pveum user delete*'],
];
const moments = ['before handling', 'before answering'] as const;
const cells = changes.flatMap(([operation, line]) =>
  moments.map((moment) => [operation, line, moment] as const),
);

/** Does what a person does who answers each question with retry. */
async function performWithRetries(lab: AccessLab, plan: AccessPlan): Promise<readonly string[]> {
  const questions: string[] = [];
  for (const step of plan.steps) {
    for (;;) {
      try {
        await lab.step(plan, step);
        break;
      } catch (error) {
        if (!(error instanceof ApplicationFailure) || questions.length > 5) throw error;
        questions.push(error.type ?? '');
      }
    }
  }
  return questions;
}

test.each(cells)('%s, cut at %s %s, ends as if nothing had been', async (operation, line, moment) => {
  const lab = await startLab(untouched('9'));
  const { control } = lab.simulator;
  const { access, pools } = control.cluster;
  try {
    if (operation !== 'bootstrapAccess') await lab.bring('bootstrapAccess');
    const plan = await lab.plan(operation);
    const withdraw = control.faultCommand({ line }, { moment, then: 'drop' });
    const questions = await performWithRetries(lab, plan);
    withdraw();
    // A command that was cut after its work is seen to be done; only the value of a token is lost with the answer.
    const isSeen = moment === 'before answering' && !line.includes('token add');
    expect(questions).toEqual(isSeen ? [] : ['OutcomeUnknown']);

    const tokens = [...(access.users.get(user)?.tokens.values() ?? [])];
    expect(existsSync(`${lab.tokenFile}.new`)).toBe(false);
    expect(existsSync(`${lab.tokenFile}.previous`)).toBe(false);
    if (operation === 'undoAccess') {
      expect([...access.users.keys()]).toEqual(['root@pam']);
      expect([...access.roles.values()].filter(({ special }) => !special)).toEqual([]);
      expect([access.acl, pools.size, existsSync(lab.tokenFile)]).toEqual([[], 0, false]);
      return;
    }
    const name = operation === 'rotateToken' ? 'automation-2' : 'automation';
    expect(tokens.map(({ id }) => id)).toEqual([name]);
    expect(readFileSync(lab.tokenFile, 'utf8')).toBe(`${user}!${name}\n${tokens[0]?.secret ?? ''}\n`);
    expect((await lab.plan('bootstrapAccess')).steps).toEqual([]);
  } finally {
    await lab.close();
  }
});
