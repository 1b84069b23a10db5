import { readFileSync } from 'node:fs';
import path from 'node:path';

import { errorCodes } from '../../src/domain/errors';

test('docs/troubleshooting.md has one row for every error code, and no other', () => {
  const text = readFileSync(path.join(__dirname, '../../docs/troubleshooting.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code);
  expect(rows.toSorted()).toEqual(Object.keys(errorCodes).toSorted());
});
