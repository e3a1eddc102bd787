/**
 * Stock image for everything in pods that runs on Node: the agent beside each server, and the Jobs. One for both, so that a
 * node pulls one image more than the engine's. It holds nothing of this project: a program comes in a ConfigMap.
 *
 * `slim`, since the full image is several times as large and every node pulls it before its first pod starts; Node 24, since
 * that line is supported until April 2028.
 */
export const NODE_IMAGE = 'docker.io/library/node:24.11.1-slim';

/**
 * What tells Prometheus of a server or Sentinel. One static program and nothing else in the image: it has no shell, and runs
 * as any user.
 * @see https://github.com/oliver006/redis_exporter
 */
export const EXPORTER_IMAGE = 'docker.io/oliver006/redis_exporter:v1.88.0';

/**
 * HAProxy's official image, of a line that is supported until the second quarter of 2030.
 * @see https://endoflife.date/haproxy
 */
export const HAPROXY_IMAGE = 'docker.io/library/haproxy:3.2.18';

/**
 * The same image from another registry: `mirror.example.com/library/node:24.11.1-slim`. A mirror's path
 * (`mirror.example.com/docker-hub`) stays in front.
 */
export function fromRegistry(registry: string | undefined, image: string): string {
  if (registry === undefined) return image;
  const [host = '', ...path] = image.split('/');
  const named = path.length > 0 && /[.:]|^localhost$/.test(host);
  return `${registry}/${named ? path.join('/') : image}`;
}
