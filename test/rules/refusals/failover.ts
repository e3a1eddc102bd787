import { Duration } from 'cdk8s';
import type { Refusal } from './refusal.js';

const ms = (value: number) => Duration.millis(value);
const s = (value: number) => Duration.seconds(value);

export const FAILOVER: readonly Refusal[] = [
  {
    fault: 'a downAfter below half a second',
    props: { failover: { downAfter: ms(400) } },
    path: ['failover', 'downAfter'],
    says: /'downAfter' must be 500 to 60000 ms, .* got 400 ms/,
  },
  {
    fault: 'a downAfter of an hour',
    props: { failover: { downAfter: s(3600) } },
    path: ['failover', 'downAfter'],
    says: /got 3600000 ms/,
  },
  {
    fault: 'a fraction of a millisecond',
    props: { failover: { downAfter: ms(900.5) } },
    path: ['failover', 'downAfter'],
    says: /got 900\.5 ms/,
  },
  {
    fault: 'a failoverTimeout shorter than a promotion',
    props: { failover: { failoverTimeout: s(1) } },
    path: ['failover', 'failoverTimeout'],
    says: /3000 to 180000 ms/,
  },
  {
    fault: "Sentinel's own tilt period with a short downAfter, which can end in no eligible replica for ever",
    props: { failover: { tiltPeriod: s(30) } },
    path: ['failover', 'tiltPeriod'],
    says: /1000 to 18000 ms, since a Sentinel that only watches .* got 30000 ms/,
  },
  {
    fault: 'a ping period at which some failovers find no replica',
    props: { failover: { pollPeriods: { ping: ms(200) } } },
    path: ['failover', 'pollPeriods', 'ping'],
    says: /'ping' must be 500 to 3000 ms, .* got 200 ms/,
  },
  {
    fault: 'a ping period beyond downAfter',
    props: { failover: { downAfter: s(1), pollPeriods: { ping: s(2) } } },
    path: ['failover', 'pollPeriods', 'ping'],
    says: /500 to 1000 ms/,
  },
  {
    fault: 'an ask period that makes answers stale',
    props: { failover: { pollPeriods: { ask: ms(100) } } },
    path: ['failover', 'pollPeriods', 'ask'],
    says: /500 to 1000 ms/,
  },
  {
    fault: 'an info period that is load only',
    props: { failover: { pollPeriods: { info: ms(50) } } },
    path: ['failover', 'pollPeriods', 'info'],
    says: /300 to 10000 ms/,
  },
  {
    fault: 'no parallel sync',
    props: { failover: { parallelSyncs: 0 } },
    path: ['failover', 'parallelSyncs'],
    says: /at least 1, .* got 0/,
  },
];
