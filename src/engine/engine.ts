import { isAtLeast } from './version.js';

/** The two servers that speak Redis' protocol and ship a Sentinel. */
export type EngineKind = 'redis' | 'valkey';

/** An engine with an image of one's own. */
export interface EngineProps {
  /** Which of the two; the names of its programs begin with it (`redis-server`, `valkey-cli`, …). */
  readonly kind: EngineKind;
  /** Version of the server in the image, `8.2.2`: what the engine can do is decided from it. */
  readonly version: string;
  /**
   * Image without tag or digest, where a mirror or an image of your own is used.
   * @default - the official image, `docker.io/library/redis` or `docker.io/valkey/valkey`
   */
  readonly image?: string;
  /**
   * Digest of the image, `sha256:` and 64 hexadecimal digits. With it the pods run exactly these bytes.
   * @default - the tag alone; no digest is invented
   */
  readonly digest?: string;
}

const OFFICIAL_IMAGE: Record<EngineKind, string> = {
  redis: 'docker.io/library/redis',
  valkey: 'docker.io/valkey/valkey',
};

/**
 * The oldest version of each engine that this project is made for. They, and all since, take the poll periods in
 * `SENTINEL DEBUG` and answer with epochs where the agent asks for them.
 */
export const OLDEST_VERSION: Record<EngineKind, string> = { redis: '7.2', valkey: '8.0' };

/**
 * The server that holds the data, and the facts about its version that the rest of the project asks for.
 *
 * The constructor checks nothing: a topology's rules name a wrong version or digest together with all other faults.
 */
export class Engine {
  /** Redis from its official image. */
  static redis(version = '8.2.2'): Engine {
    return new Engine({ kind: 'redis', version });
  }

  /** Valkey from its official image. */
  static valkey(version = '9.1.2'): Engine {
    return new Engine({ kind: 'valkey', version });
  }

  /** An image or a digest of your own choice. */
  static of(props: EngineProps): Engine {
    return new Engine(props);
  }

  /** Redis or Valkey. */
  readonly kind: EngineKind;
  /** Of the engine, as its image's tag has it: `8.2.2`. */
  readonly version: string;
  /** Image without tag or digest. */
  readonly image: string;
  /** Of the image. Absent: the tag decides. */
  readonly digest?: string;

  private constructor(props: EngineProps) {
    this.kind = props.kind;
    this.version = props.version;
    this.image = props.image ?? OFFICIAL_IMAGE[props.kind];
    this.digest = props.digest;
  }

  /** Whether it is the official image, by its tag. */
  get isOfficial(): boolean {
    return this.image === OFFICIAL_IMAGE[this.kind] && this.digest === undefined;
  }

  /** What the pods pull: `image:version`, with `@digest` behind it if one was given. */
  get imageReference(): string {
    return `${this.image}:${this.version}${this.digest ? `@${this.digest}` : ''}`;
  }

  /** Compares number by number; a suffix as in `8.2.2-alpine` does not count. */
  isAtLeast(version: string): boolean {
    return isAtLeast(this.version, version);
  }
}
