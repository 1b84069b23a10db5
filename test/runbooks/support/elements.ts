/** What is right, what is wrong, and the kind of problem that it is. */
export type Element = readonly [element: string, right: string, wrong: string, kind: string];

export const F = '```';
/** A step with one block. */
export const step = (label: string, info: string, body: string, after = '') =>
  `1. **Do it** ${label}\n   ${F}${info}\n${body.replace(/^/gm, '   ')}\n   ${F}\n${after.replace(/^(?=.)/gm, '   ')}`;
export const get = 'GET /nodes/{{node}}/status';
