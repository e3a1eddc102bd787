/**
 * Creates a Secret with a random password through the Kubernetes API, and leaves one that exists as it is.
 *
 * Environment: NAMESPACE, SECRET_NAME, SECRET_KEY (one or several, each with a password of its own), PASSWORD_LENGTH, LABELS (JSON), ACCOUNT_DIR (where the token is), and
 * what Kubernetes itself sets.
 * Ends with 0 when the Secret is there, with 1 otherwise. The password is never printed.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

/** An API server that does not answer for so long is better asked by the Job's next try. */
const TIMEOUT_MS = 20_000;

interface Answer {
  readonly status: number;
  readonly body: string;
}

function need(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`the environment variable ${name} must be set`);
}

/** Characters of base64url need no quoting in any configuration file, and 64 of them waste no bit. */
function password(length: number): string {
  return randomBytes(length).toString('base64url').slice(0, length);
}

function create(namespace: string, secret: object): Promise<Answer> {
  const body = JSON.stringify(secret);
  const account = need('ACCOUNT_DIR');
  const { promise, resolve, reject } = deferred<Answer>();
  const call = request(
    {
      host: need('KUBERNETES_SERVICE_HOST'),
      port: need('KUBERNETES_SERVICE_PORT'),
      path: `/api/v1/namespaces/${namespace}/secrets`,
      method: 'POST',
      ca: readFileSync(`${account}/ca.crt`),
      headers: {
        authorization: `Bearer ${readFileSync(`${account}/token`, 'utf8').trim()}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
      timeout: TIMEOUT_MS,
    },
    (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    },
  );
  call.on('timeout', () => call.destroy(new Error(`the Kubernetes API did not answer within ${TIMEOUT_MS} ms`)));
  call.on('error', reject);
  call.end(body);
  return promise;
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

async function main(): Promise<void> {
  const namespace = need('NAMESPACE');
  const name = need('SECRET_NAME');
  const keys = need('SECRET_KEY').split(' ');
  const length = Number(need('PASSWORD_LENGTH'));
  const { status, body } = await create(namespace, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels: JSON.parse(need('LABELS')) },
    type: 'Opaque',
    stringData: Object.fromEntries(keys.map((key) => [key, password(length)])),
  });
  if (status === 201) return console.log(`created the Secret '${name}' in namespace '${namespace}'`);
  if (status === 409) return console.log(`the Secret '${name}' exists in namespace '${namespace}', and stays as it is`);
  throw new Error(`the Kubernetes API refused to create the Secret '${name}' (HTTP ${status}): ${reason(body)}`);
}

/** The API's own words, without what it may repeat of the request. */
function reason(body: string): string {
  try {
    return String(JSON.parse(body).reason ?? 'no reason given');
  } catch {
    return 'its answer is not JSON';
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
