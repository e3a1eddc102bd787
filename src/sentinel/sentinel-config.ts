import type { Duration } from 'cdk8s';

export interface SentinelConfigProps {
  readonly masterName: string;
  /** How long a server may not answer before this Sentinel holds it for dead. */
  readonly downAfter: Duration;
  /** After twice this time a failed election is tried again. */
  readonly failoverTimeout: Duration;
  /** How many replicas copy from the new master at the same time. */
  readonly parallelSyncs: number;
}

/**
 * The part of sentinel.conf that is the same in every pod. It follows `sentinel monitor`, which the start script
 * renders with addresses, ids, epochs and passwords.
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/
 */
export class SentinelConfig {
  constructor(private readonly props: SentinelConfigProps) {}

  render(): string {
    const { masterName, downAfter, failoverTimeout, parallelSyncs } = this.props;
    const lines = [
      // A password is always set, and the NetworkPolicy decides who may connect.
      'protected-mode no',
      'loglevel notice',
      `sentinel down-after-milliseconds ${masterName} ${downAfter.toMilliseconds()}`,
      `sentinel failover-timeout ${masterName} ${failoverTimeout.toMilliseconds()}`,
      `sentinel parallel-syncs ${masterName} ${parallelSyncs}`,
      // Addresses only: with names, a DNS that does not answer stops every failover.
      'sentinel resolve-hostnames no',
      // Nobody with the password may make a Sentinel run programs.
      'sentinel deny-scripts-reconfig yes',
    ];
    return `${lines.join('\n')}\n`;
  }
}
