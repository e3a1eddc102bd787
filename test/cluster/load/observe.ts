import type { Redis } from 'ioredis';
import { type Access, connectTo, type Endpoint } from './client.js';
import type { Observation, SentinelView, ServerView } from './observation.js';

/** Asks all of them at once; who does not answer is in the result with the reason. */
export async function observe(access: Access): Promise<Observation> {
  const [servers, sentinels] = await Promise.all([
    Promise.all(access.servers.map((endpoint) => ask(endpoint, access.password(), serverView))),
    Promise.all(
      access.sentinels.map((endpoint) =>
        ask(endpoint, access.password(), (redis) => sentinelView(redis, access.masterName)),
      ),
    ),
  ]);
  return { servers, sentinels };
}

async function ask<T extends object>(
  endpoint: Endpoint,
  password: string,
  question: (redis: Redis) => Promise<T>,
): Promise<T & { host: string; error?: string }> {
  const redis = connectTo(endpoint, password);
  try {
    await redis.connect();
    return { host: endpoint.host, ...(await question(redis)) };
  } catch (error) {
    return { host: endpoint.host, error: (error as Error).message } as T & { host: string; error: string };
  } finally {
    redis.disconnect();
  }
}

async function serverView(redis: Redis): Promise<Omit<ServerView, 'host'>> {
  const [role, ...rest] = (await redis.call('ROLE')) as [string, ...unknown[]];
  if (role === 'master') {
    return { role, replicas: (rest[1] as string[][]).map((replica) => `${replica[0]}:${replica[1]}`) };
  }
  return { role, follows: `${rest[0]}:${rest[1]}`, link: String(rest[2]) };
}

async function sentinelView(redis: Redis, name: string): Promise<Omit<SentinelView, 'host'>> {
  const call = (what: string) => redis.call('SENTINEL', what, name) as Promise<unknown>;
  const [master, replicas, sentinels] = await Promise.all([call('MASTER'), call('REPLICAS'), call('SENTINELS')]);
  const known = fields(master);
  return {
    master: `${known.ip}:${known.port}`,
    flags: known.flags,
    quorum: Number(known.quorum),
    replicas: (replicas as unknown[]).map(peer),
    sentinels: (sentinels as unknown[]).map(peer),
  };
}

function peer(reply: unknown): { address: string; flags: string } {
  const { ip, port, flags } = fields(reply);
  return { address: `${ip}:${port}`, flags: flags ?? '' };
}

/** Sentinel answers with names and values in turn (RESP2) or with a map (RESP3). */
function fields(reply: unknown): Record<string, string> {
  if (!Array.isArray(reply)) return reply as Record<string, string>;
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < reply.length; i += 2) pairs.push([String(reply[i]), String(reply[i + 1])]);
  return Object.fromEntries(pairs);
}
