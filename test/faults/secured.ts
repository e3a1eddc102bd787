import { Auth } from '../../src/auth/auth.js';
import { Tls } from '../../src/tls/tls.js';
import type { RedisSentinelProps } from '../../src/topology/props.js';

/** FAULT_SECURED=yes: with TLS on every connection, and users for all but the load, which logs in as Redis' default user. */
export const isSecured = process.env.FAULT_SECURED === 'yes';

export const securedProps: Pick<RedisSentinelProps, 'auth' | 'tls'> = isSecured
  ? {
      tls: Tls.fromSecret(),
      auth: Auth.fromSecret(undefined, { users: [{ name: 'shop', keys: ['shop:*'] }], defaultUser: 'open' }),
    }
  : {};
