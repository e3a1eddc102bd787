import type { Duration } from 'cdk8s';

export interface SentinelConfigProps {
  readonly masterName: string;
  /** How long a server may not answer before this Sentinel considers it down. */
  readonly downAfter: Duration;
  /** After twice this time a failed election is tried again. */
  readonly failoverTimeout: Duration;
  /** How many replicas copy from the new master at the same time. */
  readonly parallelSyncs: number;
  /** Whether servers and Sentinels are named as their certificate names them. @default - addresses are announced */
  readonly tls?: { readonly isSpoken: boolean };
}

/**
 * The part of sentinel.conf that is the same in every pod. It follows `sentinel monitor`, which the agent
 * renders with addresses, ids, epochs and passwords.
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/
 */
export class SentinelConfig {
  constructor(private readonly props: SentinelConfigProps) {}

  render(): string {
    const { masterName, downAfter, failoverTimeout, parallelSyncs } = this.props;
    const lines = [
      // The password and the NetworkPolicy decide who may connect.
      'protected-mode no',
      'loglevel notice',
      `sentinel down-after-milliseconds ${masterName} ${downAfter.toMilliseconds()}`,
      `sentinel failover-timeout ${masterName} ${failoverTimeout.toMilliseconds()}`,
      `sentinel parallel-syncs ${masterName} ${parallelSyncs}`,
      ...this.names(),
      // Nobody with the password may make a Sentinel run programs.
      'sentinel deny-scripts-reconfig yes',
    ];
    return `${lines.join('\n')}\n`;
  }

  private names(): string[] {
    // A certificate holds no address of a Service. The names are in the container's /etc/hosts.
    const { tls } = this.props;
    if (tls?.isSpoken) return ['sentinel resolve-hostnames yes', 'sentinel announce-hostnames yes'];
    // Clients have no TLS yet, but those who are told names already are understood.
    if (tls) return ['sentinel resolve-hostnames yes'];
    // Addresses only: with names, a DNS that does not answer stops every failover.
    return ['sentinel resolve-hostnames no'];
  }
}
