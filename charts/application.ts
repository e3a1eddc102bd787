import { ApiObject, type App, Chart, JsonPatch, Size } from 'cdk8s';
import { Cpu, Deployment, ImagePullPolicy } from 'cdk8s-plus-27';
import { RedisSentinel } from '../src/index.js';

/** Stands in for an application: prints what `bind()` gave it, and stays. */
const PRINT_WHAT_IS_BOUND = `const { REDIS_SENTINELS, REDIS_MASTER_NAME, REDIS_PASSWORD_FILE } = process.env;
console.log('master', REDIS_MASTER_NAME, 'of', REDIS_SENTINELS, 'with the password in', REDIS_PASSWORD_FILE);
setInterval(() => {}, 2 ** 30);
`;

/** A topology and an application that uses it. A real one gives the three values to a client that knows Sentinel. */
export default function application(app: App): Chart {
  const chart = new Chart(app, 'application');
  const cache = new RedisSentinel(chart, 'cache', { name: 'application' });

  const deployment = new Deployment(chart, 'app', {
    metadata: { name: 'application-client' },
    replicas: 1,
    automountServiceAccountToken: false,
    securityContext: { ensureNonRoot: true, user: 1000, group: 1000 },
    containers: [
      {
        name: 'app',
        image: 'docker.io/library/node:24.11.1-slim',
        imagePullPolicy: ImagePullPolicy.IF_NOT_PRESENT,
        command: ['node', '--eval', PRINT_WHAT_IS_BOUND],
        securityContext: { ensureNonRoot: true, user: 1000, group: 1000, readOnlyRootFilesystem: true },
        resources: {
          cpu: { request: Cpu.millis(50) },
          memory: { request: Size.mebibytes(96), limit: Size.mebibytes(96) },
        },
      },
    ],
  });
  // Pod Security 'restricted' demands both, and the classes of cdk8s-plus have no word for either.
  ApiObject.of(deployment).addJsonPatch(
    JsonPatch.add('/spec/template/spec/securityContext/seccompProfile', { type: 'RuntimeDefault' }),
    JsonPatch.add('/spec/template/spec/containers/0/securityContext/capabilities', { drop: ['ALL'] }),
  );

  cache.bind(deployment);
  return chart;
}
