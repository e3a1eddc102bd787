/**
 * Stock image for the small programs that run as Jobs. It holds nothing of this project: a program comes in a
 * ConfigMap.
 */
export const NODE_IMAGE = 'docker.io/library/node:22.21.1';
