import { commandOf, execute } from './environment.js';

const provided = new Map<string, Promise<unknown>>();

/** Lets the cluster's nodes run these images, where a stand-in is needed (IMAGES). Each is asked for once a run. */
export async function provideImages(images: Iterable<string>): Promise<void> {
  const command = commandOf('IMAGES');
  if (!command) return;
  const [program, ...args] = command;
  for (const image of new Set(images)) {
    let providing = provided.get(image);
    if (!providing) {
      providing = execute(program, [...args, kindOf(image), image]);
      provided.set(image, providing);
    }
    await providing;
  }
}

/** `docker.io/library/redis:8.2.2-alpine` is of the kind `redis-alpine`. Node's images are all of one kind, and so are the exporter's. */
export function kindOf(image: string): string {
  const [, name, tag = ''] = /^(?:.*\/)?([^/:@]+)(?::([^@/]+))?(?:@.*)?$/.exec(image) ?? [];
  if (!name) throw new Error(`an image must be named like 'registry/name:tag', got '${image}'`);
  if (name === 'redis_exporter') return 'exporter';
  return name !== 'node' && /(^|-)alpine/.test(tag) ? `${name}-alpine` : name;
}
