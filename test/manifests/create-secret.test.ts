import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import program from 'program:auth/program/create-secret.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Auth } from '../../src/index.js';
import { type PlainObject, synth } from './synth.js';

/** What the Kubernetes API double was asked. */
interface Call {
  readonly url?: string;
  readonly method?: string;
  readonly authorization?: string;
  readonly body: PlainObject;
}

let folder: string;
const calls: Call[] = [];
let answer = { status: 201, body: '{}' };

/** A Kubernetes API that answers as told. */
const api = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', () => {
    const { url, method, headers } = request;
    calls.push({ url, method, authorization: headers.authorization, body: JSON.parse(text) });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'create-secret-'));
  const key = join(folder, 'key.pem');
  const certificate = join(folder, 'ca.crt');
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=kubernetes', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
    ],
    { stdio: 'ignore' },
  );
  writeFileSync(join(folder, 'token'), 'the-token\n');
  writeFileSync(join(folder, 'create-secret.cjs'), program);
  api.setSecureContext({ key: readFileSync(key), cert: readFileSync(certificate) });
  await new Promise<void>((listening) => {
    api.listen(0, '127.0.0.1', listening);
  });
});

afterAll(() => {
  api.close();
  rmSync(folder, { recursive: true });
});

test('creates the Secret with a random password of the asked length', async () => {
  answer = { status: 201, body: '{}' };
  const passwords = [];
  for (let run = 0; run < 2; run++) {
    expect(await runJob()).toMatchObject({
      code: 0,
      output: "created the Secret 'cache-auth' in namespace 'caches'\n",
    });
    const call = calls.at(-1);
    expect(call).toMatchObject({
      url: '/api/v1/namespaces/caches/secrets',
      method: 'POST',
      authorization: 'Bearer the-token',
      body: {
        kind: 'Secret',
        metadata: { name: 'cache-auth', labels: { 'app.kubernetes.io/instance': 'cache' } },
        stringData: { password: expect.stringMatching(/^[\w-]{32}$/) },
      },
    });
    passwords.push(call?.body.stringData.password);
  }
  expect(passwords[0]).not.toBe(passwords[1]);
});

test('is content with a Secret that exists, and asks for nothing more', async () => {
  answer = { status: 409, body: '{"reason":"AlreadyExists"}' };
  const before = calls.length;
  expect(await runJob()).toMatchObject({ code: 0, output: expect.stringContaining('stays as it is') });
  expect(calls.length).toBe(before + 1);
});

test("fails with the API's reason when it is refused, and never prints the password", async () => {
  answer = { status: 403, body: '{"reason":"Forbidden"}' };
  const { code, output } = await runJob();
  expect(code).toBe(1);
  expect(output).toContain("refused to create the Secret 'cache-auth' (HTTP 403): Forbidden");
  expect(output).not.toContain(calls.at(-1)?.body.stringData.password);
});

test('fails when nobody answers', async () => {
  const { code, output } = await runJob({ KUBERNETES_SERVICE_PORT: '1' });
  expect(code).toBe(1);
  expect(output).toMatch(/ECONNREFUSED/);
});

/** Runs the Job's program with the Job's own environment, as far as it comes from the manifest. */
function runJob(overrides: Record<string, string> = {}): Promise<{ code: number | null; output: string }> {
  const job = synth({ auth: Auth.generated({ length: 32 }), namespace: 'caches' }).one('Job');
  const [container] = job.spec.template.spec.containers;
  const env = {
    ...Object.fromEntries(container.env.map(({ name, value = 'caches' }: PlainObject) => [name, value])),
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: String((api.address() as AddressInfo).port),
    ACCOUNT_DIR: folder,
    ...overrides,
  };
  const child = spawn(process.execPath, [join(folder, 'create-secret.cjs')], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  return new Promise((ended) => child.on('close', (code) => ended({ code, output })));
}
