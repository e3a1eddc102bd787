import { get } from 'node:http';
import type { AgentSettings } from './settings.js';

const PATIENCE_MS = 3000;

/** What this pod's agent says at /status: for whoever may start a program in the pod, and does not reach its port. */
export function status({ local: host, agentPort: port }: AgentSettings): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path: '/status', timeout: PATIENCE_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    request.on('timeout', () => request.destroy(new Error(`the agent did not answer in ${PATIENCE_MS} ms`)));
    request.on('error', reject);
  });
}
