import { Engine } from '../../../src/index.js';
import type { Refusal } from './refusal.js';

const engine = (props: object) => Engine.of({ kind: 'redis', version: '8.2.2', ...props });

export const ENGINE: readonly Refusal[] = [
  {
    fault: 'Redis 7.0',
    props: { engine: Engine.redis('7.0.15') },
    path: ['engine', 'version'],
    says: /must be redis 7\.2 or newer, .* got 7\.0\.15/,
  },
  {
    fault: 'Valkey 7.2',
    props: { engine: Engine.valkey('7.2.8') },
    path: ['engine', 'version'],
    says: /must be valkey 8\.0 or newer/,
  },
  {
    fault: 'a tag that tells no version',
    props: { engine: Engine.redis('latest') },
    path: ['engine', 'version'],
    says: /must name a version such as 7\.2\.0, .* got 'latest'/,
  },
  {
    fault: 'an image with a tag',
    props: { engine: engine({ image: 'registry.example:5000/redis:8' }) },
    path: ['engine', 'image'],
    says: /without a tag or digest/,
  },
  {
    fault: 'a digest that is cut off',
    props: { engine: engine({ digest: 'sha256:abc' }) },
    path: ['engine', 'digest'],
    says: /64 lower-case hexadecimal digits, got 'sha256:abc'/,
  },
];
