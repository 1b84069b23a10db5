import { setTimeout as delay } from 'node:timers/promises';

import { z } from 'zod';

import { parseUpid } from '../../domain/upid';
import type { ActivityAttempt } from '../shared/attempt';
import type { RootShell } from './rootShell';

const lookEveryMs = 3_000;
/** A node runs far fewer tasks at once. */
const shownTasks = '1000';

const nodeRow = z.object({ node: z.string(), status: z.string() });
const taskRow = z.object({ upid: z.string() });

/**
 * Returns once no node that is online runs a task of the token. Not waited for: tasks of a node that is offline, and what
 * another worker starts afterwards, which uses the token until it is refused.
 */
export async function awaitTokenTasks(
  shell: RootShell,
  attempt: ActivityAttempt,
  tokenId: string,
): Promise<void> {
  for (;;) {
    const running = await tasksOf(shell, tokenId);
    if (running.length === 0) return;
    attempt.tell({ waitingFor: running.slice(0, 20) });
    await delay(lookEveryMs, undefined, { signal: attempt.signal });
  }
}

/** A running row has the token inside `user`, a finished one apart: the UPID has both always. */
async function tasksOf(shell: RootShell, tokenId: string): Promise<readonly string[]> {
  const nodes = await shell.read(['pvesh', 'get', '/nodes'], z.array(nodeRow));
  const online = nodes.filter(({ status }) => status === 'online');
  const rows = await Promise.all(
    online.map(async ({ node }) =>
      shell.read(
        ['pvesh', 'get', `/nodes/${node}/tasks`, '--source', 'active', '--limit', shownTasks],
        z.array(taskRow),
      ),
    ),
  );
  return rows
    .flat()
    .map(({ upid }) => parseUpid(upid))
    .filter(({ user, tokenName }) => `${user}!${tokenName ?? ''}` === tokenId)
    .map(({ text }) => text);
}
