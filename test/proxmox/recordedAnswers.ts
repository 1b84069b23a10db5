import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { z } from 'zod';

/** An answer of a real cluster. */
export interface RecordedAnswer {
  readonly version: '8.4' | '9';
  readonly file: string;
  readonly title: string;
  /** Below `/api2/json`, without query. */
  readonly path: string;
  readonly data: unknown;
}

const exchange = z.looseObject({
  title: z.string(),
  request: z.looseObject({
    method: z.literal('GET'),
    path: z.string(),
    params: z.record(z.string(), z.unknown()).nullish(),
  }),
  response: z.looseObject({ status: z.literal(200), body: z.looseObject({ data: z.unknown() }) }),
});

/** Every answer of status 200 to a GET in the recordings of both versions. */
export function recordedAnswers(): RecordedAnswer[] {
  return (['recordings', 'recordings-9'] as const).flatMap((folder) => {
    const root = path.join(__dirname, '../conformance', folder);
    return readdirSync(root).flatMap((file) =>
      z
        .array(z.unknown())
        .parse(JSON.parse(readFileSync(path.join(root, file), 'utf8')))
        .flatMap((entry) => {
          const { success, data } = exchange.safeParse(entry);
          if (!success) return [];
          const { pathname } = new URL(data.request.path, 'https://node');
          return [
            {
              version: folder === 'recordings' ? ('8.4' as const) : ('9' as const),
              file,
              title: data.title,
              path: pathname.replace('/api2/json', ''),
              data: data.response.body.data,
            },
          ];
        }),
    );
  });
}
