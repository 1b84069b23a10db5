import type { Problem } from '../../domain/errors';
import type { Question } from './decisions';
import { automaticAnswers } from './refusals';

/** The question that all calls share whose credentials were refused: it goes on by itself. */
export function questionForAll(it: Problem): Question {
  return {
    kind: 'credentials',
    title: 'The credentials do not work; the operation waits for them',
    problem: it,
    seen: 'What runs already is not stopped; nothing new starts. It goes on by itself once they work.',
    choices: ['retry', 'abort'],
  };
}

/** The question about one call that is refused although the credentials seem to work: left to a person. */
export function questionForPerson(attempted: string, it: Problem): Question {
  return {
    kind: 'credentials',
    title: `The credentials work, but are refused again and again: ${attempted}`,
    problem: it,
    seen:
      `Each time they were tried, ${automaticAnswers} times in a row, they worked, and then this was refused. ` +
      'What runs already is not stopped; nothing new starts. It does not go on by itself: retry once the cause is found.',
    choices: ['retry', 'abort'],
  };
}
