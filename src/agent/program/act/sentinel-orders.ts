import type { Outcome } from '../../../client/outcome.js';
import { isList } from '../../../client/outcome.js';
import { loginOf } from '../accounts.js';
import { inPlaceOf } from '../decide/election.js';
import type { Address, Result } from '../decide/known.js';
import type { Done } from '../know/link.js';
import type { Sentinels } from '../know/sentinels.js';
import type { Surroundings } from '../surroundings.js';
import { type Results, resultOf } from './results.js';

/** For one Sentinel, ms. */
const ORDER_MS = 1000;
/** A Sentinel writes its file before it answers, ms. */
const ANNOUNCE_MS = 2000;
/** In epoch 0 no vote is given: `IS-MASTER-DOWN-BY-ADDR` then only tells whom was voted for. */
const NO_EPOCH = 0;
const NOBODY = 'nobody';

/** Orders to the Sentinels. All are told at the same time, and nobody waits for one that does not answer. */
export class SentinelOrders {
  constructor(
    private readonly around: Surroundings,
    private readonly sentinels: Sentinels,
    private readonly results: Results,
  ) {}

  /** The votes are in what is known of each Sentinel. @param old in whose place; absent: of whom each names */
  askVotes(old: Address | undefined, epoch: number, number: number): void {
    this.askForLeader(old, epoch, this.around.plan.electorId, number);
  }

  askGivenVotes(old: Address, number: number): void {
    this.askForLeader(old, NO_EPOCH, NOBODY, number);
  }

  /**
   * That `master` is master in that epoch, in the message by which Sentinels tell each other. No Sentinel takes one from
   * itself: all but the nearest are told in its name, and that one in the name of another.
   */
  announce(master: Address, epoch: number, number: number | undefined): void {
    const { plan } = this.around;
    const nearest = plan.sentinels.indexOf(plan.nearest);
    const all = this.all(number);
    for (const [place, address] of plan.sentinels.entries()) {
      const sender = place === nearest ? (nearest + 1) % plan.sentinels.length : nearest;
      const message = this.hello(address, sender, master, epoch);
      this.tell(address, ['PUBLISH', '__sentinel__:hello', message], all.next(), ANNOUNCE_MS);
    }
  }

  flush(number: number): void {
    this.tellAll(['SENTINEL', 'FLUSHCONFIG'], number, ANNOUNCE_MS);
  }

  setDownAfter(ms: number, of: 'all' | 'own'): void {
    const { settings, plan } = this.around;
    const command = ['SENTINEL', 'SET', settings.masterName, 'down-after-milliseconds', String(ms)];
    if (of === 'all') this.tellAll(command, undefined, ORDER_MS);
    else this.tell(plan.nearest, command, () => {}, ORDER_MS);
  }

  askFailover(): void {
    const { settings, plan } = this.around;
    this.tell(plan.nearest, ['SENTINEL', 'FAILOVER', settings.masterName], () => {}, ORDER_MS);
  }

  /** All links of the own Sentinel are made anew when a password is set, the same one too. */
  reconnect(): void {
    const { settings, plan, passwords, sentinelPasswords } = this.around;
    const login = (password?: string) => loginOf(settings, 'sentinel', password).password ?? '';
    // The one for the other Sentinels, the other for the servers; an empty one is none.
    const toSentinels = ['SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', login(sentinelPasswords.used)];
    const toServers = ['SENTINEL', 'SET', settings.masterName, 'auth-pass', login(passwords.used)];
    for (const command of [toSentinels, toServers]) this.tell(plan.nearest, command, () => {}, ORDER_MS);
  }

  private askForLeader(old: Address | undefined, epoch: number, id: string, order: number): void {
    const { settings, plan, changed } = this.around;
    const all = this.all(order);
    for (const address of plan.sentinels) {
      const master = inPlaceOf(old, this.sentinels.seen.get(address), plan.me);
      const command = ['SENTINEL', 'IS-MASTER-DOWN-BY-ADDR', master, String(settings.redisPort), String(epoch), id];
      const done = all.next();
      const vote: Done = (outcome) => {
        const [, leader, itsEpoch] = outcome.kind === 'reply' && isList(outcome.reply) ? outcome.reply : [];
        const seen = this.sentinels.seen.get(address);
        if (seen && typeof leader === 'string') seen.vote = { order, leader, epoch: Number(itsEpoch) };
        changed();
        done(outcome);
      };
      this.tell(address, command, vote, ORDER_MS);
    }
  }

  private tellAll(command: readonly string[], number: number | undefined, timeoutMs: number): void {
    const all = this.all(number);
    for (const address of this.around.plan.sentinels) this.tell(address, command, all.next(), timeoutMs);
  }

  private tell(address: Address, command: readonly string[], done: Done, timeoutMs: number): void {
    this.sentinels.target(address)?.link.ask(command, done, timeoutMs);
  }

  /** The result of an order to several: `done` when all have carried it out, and known when all have ended. */
  private all(number: number | undefined): { next(): Done } {
    let open = 0;
    let all: Result = 'done';
    const ended = (outcome: Outcome) => {
      const result = resultOf(outcome);
      if (result !== 'done' && all !== 'failed') all = result;
      open--;
      if (open === 0) this.results.set(number, all);
    };
    return {
      next: () => {
        open++;
        return ended;
      },
    };
  }

  /** In the form in which that Sentinel calls them: it answers clients in the form that it was told. */
  private hello(to: Address, sender: number, master: Address, epoch: number): string {
    const { settings, plan, forms } = this.around;
    const told = this.sentinels.seen.get(to)?.told;
    const { masterName, redisPort, sentinelPort } = settings;
    const from = [forms.like(told, plan.sentinels[sender] as Address), sentinelPort, plan.sentinelIds[sender], epoch];
    return [...from, masterName, forms.like(told, master), redisPort, epoch].join(',');
  }
}
