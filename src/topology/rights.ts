import { MARK_KEY } from '../agent/program/know/append-only.js';
import { CONFIRM_CHANNEL } from '../agent/program/know/own-server.js';
import { type ApplicationUser, type DefaultUser, VERIFICATION_USER } from '../auth/users.js';
import type { Drill } from '../verification/drill.js';

/** What decides on the rights of users. */
export interface RightsProps {
  readonly users: readonly ApplicationUser[];
  readonly defaultUser: DefaultUser;
  readonly engine: 'redis' | 'valkey';
  /** @default - there is no verification */
  readonly verification?: { readonly drill?: Pick<Drill, 'mode'> };
}

/** Sentinels tell each other of themselves on it, by way of the servers. */
const HELLO = '__sentinel__:hello';

/** Of an application, unless it says otherwise. */
const USUAL_COMMANDS: readonly string[] = ['+@all', '-@admin', '-@dangerous', '+info', '+role'];

/** Keys of the verification and its drill. */
const VERIFICATION_KEYS = 'redis-sentinel:verification:*';

/**
 * Each user of the servers with its rights, a line each, as a configuration has it but for passwords: those the agents add.
 *
 * The default user keeps all rights also where nobody can log in as it. A server replays its append-only file as that user,
 * and would silently drop every transaction in which it may not run a command.
 */
export function serverUsers(props: RightsProps): string {
  const { users, engine, verification } = props;
  return lines({
    default: [...defaultUser(props), '~*', '&*', '+@all'],
    agent: [
      `~${MARK_KEY}`,
      `&${CONFIRM_CHANNEL}`,
      ...commands(
        'ping info wait publish select set replicaof acl|setuser config|get config|set',
        'client|setname client|no-evict client|reply client|list client|kill client|pause client|unpause',
      ),
    ],
    replication: commands('ping psync sync replconf'),
    sentinel: [
      `&${HELLO}`,
      ...commands(
        'ping info role publish subscribe multi exec slaveof config|rewrite script|kill client|setname client|kill',
        // From Valkey 9 on a Sentinel promotes by it where it is asked for a failover.
        ...(engine === 'valkey' ? ['failover'] : []),
      ),
    ],
    exporter: commands('ping info slowlog|get slowlog|len latency|latest latency|histogram client|setname'),
    ...(verification && {
      [VERIFICATION_USER]: [
        `~${VERIFICATION_KEYS}`,
        ...commands(
          'ping info role hello set get del ttl wait config|get client|setname',
          ...(verification.drill ? ['mget unlink'] : []),
          ...(isSwitching(verification) ? ['replicaof client|pause client|unpause client|kill'] : []),
        ),
      ],
    }),
    ...Object.fromEntries(users.map((user) => [user.name, applicationRights(user)])),
  });
}

/**
 * The same of the Sentinels. Applications may ask where the servers are, and listen; `PUBLISH` is not for them, since a
 * Sentinel believes what it is told there.
 */
export function sentinelUsers(props: RightsProps): string {
  const { users, verification } = props;
  const asking = commands(
    'subscribe psubscribe unsubscribe punsubscribe info role sentinel|get-master-addr-by-name',
    'sentinel|master sentinel|masters sentinel|replicas sentinel|slaves sentinel|sentinels sentinel|myid',
    'sentinel|ckquorum',
  );
  const application = ['&*', '-@all', '+@connection', '-@admin', '-@dangerous', ...asking.slice(1)];
  return lines({
    default: [...defaultUser(props), '~*', '&*', '+@all'],
    agent: [
      '&*',
      ...commands(
        'ping info publish subscribe acl|setuser sentinel|get-master-addr-by-name sentinel|master sentinel|replicas',
        'sentinel|sentinels sentinel|is-master-down-by-addr sentinel|debug sentinel|set sentinel|config',
        'sentinel|failover sentinel|flushconfig client|setname client|list',
      ),
    ],
    sentinel: [`&${HELLO}`, ...commands('ping info publish subscribe client|setname sentinel|is-master-down-by-addr')],
    exporter: commands(
      'ping info client|setname sentinel|masters sentinel|replicas sentinel|slaves sentinel|sentinels',
      'sentinel|ckquorum',
    ),
    ...(verification && {
      [VERIFICATION_USER]: [...application, ...(isSwitching(verification) ? ['+sentinel|failover'] : [])],
    }),
    ...Object.fromEntries(users.map(({ name }) => [name, application])),
  });
}

/** `off`, or nothing: then the agents let in whoever has the topology's password. */
function defaultUser({ defaultUser: choice }: RightsProps): string[] {
  return choice === 'closed' ? ['off', 'resetpass'] : [];
}

function applicationRights({
  keys = ['*'],
  channels = ['*'],
  commands: chosen = USUAL_COMMANDS,
}: ApplicationUser): string[] {
  return [
    ...keys.map((pattern) => (pattern.startsWith('%') ? pattern : `~${pattern}`)),
    ...channels.map((pattern) => `&${pattern}`),
    '-@all',
    ...chosen,
  ];
}

function isSwitching({ drill }: NonNullable<RightsProps['verification']>): boolean {
  return drill?.mode === 'switchover';
}

/** Nothing but these. */
function commands(...names: readonly string[]): string[] {
  return ['-@all', ...names.flatMap((some) => some.split(' ')).map((name) => `+${name}`)];
}

function lines(users: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(users)
    .map(([name, rights]) => `user ${name} ${rights.join(' ')}\n`)
    .join('');
}
