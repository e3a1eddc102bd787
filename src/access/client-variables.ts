import type { ClientFacts, ClientUser } from './client-facts.js';

/**
 * The facts as variables, for `envFrom` or a mounted folder, in the forms in which applications ask for them. Those that
 * `bind()` sets as well have the same names here. In the place of the passwords are the names of the Secrets that hold them.
 */
export function clientVariables(facts: ClientFacts): Record<string, string> {
  const { sentinels, master, password, sentinelPassword, users, tls } = facts;
  const [redisPort, sentinelPort] = facts.ports;
  const labels = Object.entries(facts.labels).map(([key, value]) => `${key}=${value}`);
  return {
    REDIS_SENTINELS: sentinels.join(','),
    REDIS_SENTINELS_JSON: JSON.stringify(sentinels),
    REDIS_SENTINEL_NODES: JSON.stringify(sentinels.map(hostAndPort)),
    REDIS_SENTINEL_SERVICE: facts.sentinelService,
    REDIS_SENTINEL_PORT: String(sentinelPort),
    REDIS_SERVER_PORT: String(redisPort),
    REDIS_MASTER_NAME: facts.masterName,
    ...(master && { REDIS_MASTER: master, REDIS_MASTER_HOST: hostAndPort(master).host }),
    REDIS_CLIENT_LABEL: labels.join(','),
    ...(users && { REDIS_USERS_JSON: JSON.stringify(users.map(userWords)), ...ofOne(users) }),
    ...(password && { REDIS_SECRET: password.name, REDIS_SECRET_KEY: password.key }),
    ...(sentinelPassword && {
      REDIS_SENTINEL_SECRET: sentinelPassword.name,
      REDIS_SENTINEL_SECRET_KEY: sentinelPassword.key,
    }),
    ...(tls && {
      REDIS_TLS: 'true',
      REDIS_TLS_CLIENTS: tls.clients,
      REDIS_CA_SECRET: tls.ca.name,
      REDIS_CA_SECRET_KEY: tls.ca.key,
    }),
  };
}

function userWords({ name, password }: ClientUser) {
  return { name, secret: password.name, key: password.key };
}

/** Where there is but one, charts need not take a list apart. */
function ofOne([user, ...others]: readonly ClientUser[]): Record<string, string> {
  if (!user || others.length > 0) return {};
  return { REDIS_USERNAME: user.name, REDIS_SECRET: user.password.name, REDIS_SECRET_KEY: user.password.key };
}

function hostAndPort(address: string): { host: string; port: number } {
  const [host = '', port] = address.split(':');
  return { host, port: Number(port) };
}
