import { z } from 'zod';
import { waitUntil } from '../support/waitUntil';

const ready = z.object({
  nodes: z.array(
    z.object({
      ...{ name: z.string(), host: z.string(), port: z.number() },
      ssh: z.object({ port: z.number(), fingerprintSha256: z.string() }),
    }),
  ),
  certificateAuthorityPem: z.string(),
  controlUrl: z.string(),
});

const tasks = z.array(
  z.object({ upid: z.string(), running: z.boolean(), lines: z.array(z.string()) }).loose(),
);

/** A simulator in a process of its own. */
export interface SimulatorProcess {
  readonly nodes: z.infer<typeof ready>['nodes'];
  readonly certificateAuthorityPem: string;
  /** Of its control interface. */
  readonly controlUrl: string;
  /** Orders a fault through its control interface. */
  order(action: string, input: unknown): Promise<void>;
  /** The UPID of the migration whose copy runs now, or will run next; none of those given. */
  copying(...but: readonly string[]): Promise<string>;
}

/** Understands the line that the simulator prints once it answers. */
export function simulatorControl(line: string): SimulatorProcess {
  const { nodes, certificateAuthorityPem, controlUrl } = ready.parse(JSON.parse(line));
  return {
    ...{ nodes, certificateAuthorityPem, controlUrl },
    async order(action, input) {
      const answer = await fetch(`${controlUrl}/actions/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    copying: (...but) =>
      waitUntil('a copy that runs', async () => {
        const all = tasks.parse(await (await fetch(`${controlUrl}/tasks`)).json());
        const copies = all.filter(({ upid, lines }) => upid.includes(':qmigrate:') && isCopying(lines));
        return copies.find(({ upid, running }) => running && !but.includes(upid))?.upid;
      }),
  };
}

function isCopying(lines: readonly string[]): boolean {
  return lines.some((line) => line.includes('migration active'));
}
