import type { Who } from './users.js';

interface Tried {
  readonly who: Who;
  /** Each refused to that user, and carried out by nobody. */
  readonly commands: readonly string[];
}

/** Of a server: what whoever has that user's password must not be able to do. */
export const REFUSED_BY_SERVERS: readonly Tried[] = [
  { who: 'nobody', commands: ['PING', 'GET shop:a', 'INFO', 'PSYNC ? -1', 'ACL WHOAMI'] },
  { who: 'default', commands: ['PING', 'GET shop:a', 'CONFIG GET dir'] },
  {
    who: 'shop',
    commands: [
      'GET other',
      'SET other 1',
      'RENAME shop:a other',
      'EVAL return(redis.call("get",KEYS[1])) 1 other',
      'SUBSCRIBE __sentinel__:hello',
      'PUBLISH agent:confirm x',
      'KEYS *',
      'CONFIG GET masterauth',
      'CONFIG SET dir /tmp',
      'CONFIG REWRITE',
      'SHUTDOWN NOSAVE',
      'REPLICAOF NO ONE',
      'SLAVEOF NO ONE',
      'FAILOVER',
      'DEBUG SLEEP 0',
      'MODULE LOAD /tmp/x.so',
      'MODULE LIST',
      'FLUSHALL',
      'FLUSHDB',
      'SWAPDB 0 1',
      'MONITOR',
      'PSYNC ? -1',
      'SYNC',
      'SAVE',
      'BGSAVE',
      'BGREWRITEAOF',
      'CLIENT LIST',
      'CLIENT KILL TYPE normal',
      'CLIENT PAUSE 1000',
      'ACL LIST',
      'ACL SETUSER shop +@all',
      'ACL GETUSER agent',
      'SLOWLOG GET',
      'LATENCY LATEST',
      'CLUSTER RESET',
    ],
  },
  { who: 'report', commands: ['SET shop:a 1', 'DEL shop:a', 'GET other', 'KEYS *', 'CONFIG GET dir', 'FLUSHALL'] },
  {
    who: 'replication',
    commands: ['GET shop:a', 'SET shop:a 1', 'CONFIG GET masterauth', 'REPLICAOF NO ONE', 'INFO', 'ACL LIST', 'KEYS *'],
  },
  {
    who: 'sentinel',
    commands: ['GET shop:a', 'SET shop:a 1', 'CONFIG GET masterauth', 'CONFIG SET dir /tmp', 'ACL LIST', 'PSYNC ? -1'],
  },
  {
    who: 'exporter',
    commands: ['GET shop:a', 'CONFIG GET masterauth', 'CONFIG GET maxmemory', 'CLIENT LIST', 'SCAN 0', 'SLOWLOG RESET'],
  },
  {
    who: 'verification',
    commands: ['GET shop:a', 'CONFIG SET dir /tmp', 'SHUTDOWN', 'ACL LIST', 'KEYS *', 'PSYNC ? -1', 'MODULE LIST'],
  },
  {
    who: 'agent',
    commands: [
      'GET shop:a',
      'SET shop:a 1',
      'KEYS *',
      'FLUSHALL',
      'SHUTDOWN',
      'PSYNC ? -1',
      'DEBUG SLEEP 0',
      'EVAL x 0',
    ],
  },
];

/** The same of a Sentinel. */
export const REFUSED_BY_SENTINELS: readonly Tried[] = [
  { who: 'nobody', commands: ['PING', 'SENTINEL MASTERS', 'INFO'] },
  { who: 'default', commands: ['PING', 'SENTINEL MASTERS'] },
  {
    who: 'shop',
    commands: [
      'SENTINEL SET mymaster quorum 1',
      'SENTINEL SET mymaster auth-pass x',
      'SENTINEL FAILOVER mymaster',
      'SENTINEL REMOVE mymaster',
      'SENTINEL RESET *',
      'SENTINEL MONITOR other 127.0.0.1 6379 1',
      'SENTINEL FLUSHCONFIG',
      'SENTINEL DEBUG',
      'SENTINEL SIMULATE-FAILURE HELP',
      'SENTINEL CONFIG GET *',
      'SENTINEL CONFIG SET sentinel-pass x',
      'SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 6379 99 x',
      'PUBLISH __sentinel__:hello x',
      'ACL LIST',
      'ACL SETUSER shop +@all',
      'CLIENT KILL TYPE normal',
      'CLIENT LIST',
      'SHUTDOWN',
    ],
  },
  { who: 'replication', commands: ['PING', 'SENTINEL MASTERS'] },
  {
    who: 'sentinel',
    commands: [
      'SENTINEL SET mymaster quorum 1',
      'SENTINEL FAILOVER mymaster',
      'SENTINEL MASTERS',
      'ACL LIST',
      'SHUTDOWN',
    ],
  },
  {
    who: 'exporter',
    commands: ['SENTINEL SET mymaster quorum 1', 'SENTINEL FAILOVER mymaster', 'ACL LIST', 'SHUTDOWN'],
  },
  {
    who: 'verification',
    commands: ['SENTINEL SET mymaster quorum 1', 'SENTINEL REMOVE mymaster', 'ACL LIST', 'SHUTDOWN'],
  },
  {
    who: 'agent',
    commands: ['SENTINEL REMOVE mymaster', 'SENTINEL RESET *', 'SENTINEL MONITOR a 127.0.0.1 1 1', 'SHUTDOWN'],
  },
];
