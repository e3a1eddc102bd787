import { Engine, type EngineKind, OLDEST_VERSION } from '../../engine/engine.js';
import { EXPORTER_IMAGE, fromRegistry, HAPROXY_IMAGE, NODE_IMAGE } from '../../kube/images.js';
import { type EntriesOf, either, mapping, type Ways, ways } from '../../words/mappings.js';
import { entry } from '../../words/value-kind.js';
import { text } from '../../words/values.js';
import { fault, type Violation } from '../violation.js';

/** Images other than the official ones, each as it is to be pulled: with tag or digest. */
export interface ImagesProps {
  /**
   * Of servers and Sentinels, Valkey's too. What it can do is still told from the version of `engine`.
   * @default - that of `engine`
   */
  readonly redis?: string;
  /**
   * With Node ≥ 20, of the agents and the Jobs.
   * @default docker.io/library/node:24.11.1-slim
   */
  readonly node?: string;
  /**
   * With redis_exporter, as the program `/redis_exporter`.
   * @default docker.io/oliver006/redis_exporter:v1.88.0
   */
  readonly exporter?: string;
  /**
   * HAProxy 2.6 or newer, of the proxies that `access` asks for.
   * @default docker.io/library/haproxy:3.2.18
   */
  readonly haproxy?: string;
}

/** The props about engine and images. */
export interface EngineGroupProps {
  /**
   * Redis or Valkey, and which version.
   * @default Engine.redis()
   */
  readonly engine?: Engine;
  /**
   * Registry in the place of the official images' own, with an optional path: `mirror.example.com/docker-hub`.
   * @default - docker.io
   */
  readonly registry?: string;
  /**
   * Images of everything beside the engine.
   * @default - the official images
   */
  readonly images?: ImagesProps;
}

/** The image of every container. */
export interface ImageSettings {
  /** Of servers and Sentinels. */
  readonly engine: string;
  /** Of the agents and the Jobs. */
  readonly node: string;
  /** Of the exporters. */
  readonly exporter: string;
  /** Of the proxies. */
  readonly haproxy: string;
}

export interface EngineSettings {
  /** Redis or Valkey, with its version. */
  readonly engine: Engine;
  /** Image of every container. */
  readonly images: ImageSettings;
}

export const engineWords: EntriesOf<EngineGroupProps> = {
  engine: entry(
    either({ redis: Engine.redis(), valkey: Engine.valkey() }, engineOfVersion()),
    '`redis` or `valkey`, or one of them with its version; `image` is without a tag: the version is the tag',
    'redis (8.2.2); valkey is 9.1.2',
  ),
  registry: entry(text('mirror.example.com'), "takes the place of the official images' registry", 'docker.io'),
  images: entry(
    mapping<ImagesProps>(
      {
        redis: entry(
          text('registry.example.com/redis:8.2.2'),
          "of servers and Sentinels, Valkey's too",
          "the engine's",
        ),
        node: entry(text(NODE_IMAGE), 'with Node ≥ 20, of agents and Jobs', NODE_IMAGE),
        exporter: entry(text(EXPORTER_IMAGE), 'of the exporters', EXPORTER_IMAGE),
        haproxy: entry(text(HAPROXY_IMAGE), 'HAProxy ≥ 2.6, of the proxies', HAPROXY_IMAGE),
      },
      'images: { redis: registry.example.com/redis:8.2.2 }',
    ),
    'single images as they are to be pulled, with tag or digest',
    'the official ones',
  ),
};

interface EngineWays {
  readonly redis?: string;
  readonly valkey?: string;
}

interface EngineDetails {
  readonly image?: string;
  readonly digest?: string;
}

/** `{ redis: "8.2.2", image: …, digest: … }`. */
function engineOfVersion(): Ways<Engine> {
  const version = (example: string) => entry(text(`"${example}"`), 'its version, in quotes', example);
  return ways<EngineWays, EngineDetails, Engine>(
    { redis: version('8.2.2'), valkey: version('9.1.2') },
    {
      image: entry(text('registry.example.com/redis'), 'without a tag', 'the official one'),
      digest: entry(text('sha256:…'), 'of exactly these bytes', 'none'),
    },
    ({ redis, valkey }, details) => {
      const kind: EngineKind = valkey === undefined ? 'redis' : 'valkey';
      return Engine.of({ kind, version: valkey ?? redis ?? '', ...details });
    },
  );
}

export function resolveEngine({ engine = Engine.redis(), registry, images }: EngineGroupProps): EngineSettings {
  const ofEngine = engine.isOfficial ? fromRegistry(registry, engine.imageReference) : engine.imageReference;
  return {
    engine,
    images: {
      engine: images?.redis ?? ofEngine,
      node: images?.node ?? fromRegistry(registry, NODE_IMAGE),
      exporter: images?.exporter ?? fromRegistry(registry, EXPORTER_IMAGE),
      haproxy: images?.haproxy ?? fromRegistry(registry, HAPROXY_IMAGE),
    },
  };
}

export function* engineRules({ engine }: EngineSettings, props: EngineGroupProps): Generator<Violation> {
  const oldest = OLDEST_VERSION[engine.kind];
  if (!/^\d+\.\d+(\.\d+)?(-[\w.-]+)?$/.test(engine.version)) {
    yield {
      path: ['engine', 'version'],
      message: `'engine' must name a version such as ${oldest}.0, from which its abilities are known, got '${engine.version}': give the number, and the exact image with 'digest'`,
    };
  } else if (!engine.isAtLeast(oldest)) {
    yield {
      path: ['engine', 'version'],
      message: `'engine' must be ${engine.kind} ${oldest} or newer, as the agent is made for and tried with those, got ${engine.version}: choose a newer version`,
    };
  }
  if (!/^[a-z0-9]([a-z0-9._/:-]*[a-z0-9])?$/.test(engine.image) || /:[^/]*$/.test(engine.image)) {
    yield {
      path: ['engine', 'image'],
      message: `'engine.image' must be an image without a tag or digest, as the version is the tag, got '${engine.image}': write it as 'registry.example/library/${engine.kind}', or give the whole reference as 'images.redis'`,
    };
  }
  if (engine.digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(engine.digest)) {
    yield {
      path: ['engine', 'digest'],
      message: `'engine.digest' must be 'sha256:' and 64 lower-case hexadecimal digits, got '${engine.digest}': copy the digest that the registry shows, or leave it out`,
    };
  }
  yield* imageRules(props);
}

/** A reference as a container runtime takes it. */
const REFERENCE = /^[a-z0-9]([a-z0-9._/:-]*[a-z0-9])?(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;

export function isImage(reference: string): boolean {
  return REFERENCE.test(reference) && reference.length < 512;
}

function* imageRules({ engine, registry, images = {} }: EngineGroupProps): Generator<Violation> {
  if (
    registry !== undefined &&
    !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]([a-z0-9._-]*[a-z0-9])?)*$/.test(registry)
  ) {
    yield fault(
      ['registry'],
      "'registry' must be a host with an optional port and path, as it stands before an image's name",
      registry,
      "write it without 'https://' and without a slash at its end, as in mirror.example.com:5000/docker-hub",
    );
  }
  for (const [image, reference] of Object.entries(images)) {
    if (reference === undefined || isImage(reference)) continue;
    yield fault(
      ['images', image],
      `'images.${image}' must be an image as it is pulled`,
      reference,
      'write it as registry.example.com/name:tag',
    );
  }
  if (images.redis !== undefined && engine !== undefined && !engine.isOfficial) {
    yield fault(
      ['images', 'redis'],
      "'images.redis' must not be given beside 'engine.image' or 'engine.digest', as both name the image",
      images.redis,
      'keep one of them',
    );
  }
}
