import { askPerson } from '../operations/ask';
import { questionOf } from '../operations/questions';
import { sendMessage } from '../operations/send';
import type { Session } from '../session';
import { look, type DemoOperation } from './operation';

/** Asks on a terminal until there is an answer; elsewhere the demo approves by itself and says so. */
export async function approve(session: Session, operation: DemoOperation): Promise<void> {
  const { client, workflowId } = operation;
  const by = session.terminal.person;
  for (;;) {
    const now = await look(operation);
    const question = questionOf(now);
    if (question?.kind !== 'approval') return;
    if (!session.output.interactive) {
      session.output.note(`No terminal to ask on: the demo approves plan ${question.shownHash} by itself.`);
      const payload = { planHash: question.shownHash, by: `${by} (demo)` };
      await sendMessage(client, workflowId, { name: 'approve', payload });
    } else if ((await askPerson(session, client, now, question, by)) === 'left') {
      session.output.note('A real operation would wait now, for a day. The demo asks again; Ctrl-C ends it.');
    }
  }
}
