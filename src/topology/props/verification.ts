import type { Duration } from 'cdk8s';
import { NODE_IMAGE } from '../../kube/images.js';
import { Drill, type DrillProps } from '../../verification/drill.js';
import { verificationFaults } from '../../verification/verification-faults.js';
import { VerificationHook } from '../../verification/verification-hook.js';
import { type EntriesOf, either, mapping, ways } from '../../words/mappings.js';
import { duration } from '../../words/quantities.js';
import { entry } from '../../words/value-kind.js';
import { count, named, text } from '../../words/values.js';
import { fault, type Violation } from '../violation.js';
import { isImage } from './engine.js';

/** How the verification's Job runs. */
export interface VerificationOptions {
  /**
   * A failover under load, after the checks.
   * @default - none: the Job changes nothing but keys of its own
   */
  readonly drill?: Drill;
  /**
   * How a GitOps tool treats the Job.
   * @default - none: it runs once, when it is first applied, and again when its spec has changed
   */
  readonly hook?: VerificationHook;
  /** With Node ≥ 20. @default - that of the agents */
  readonly image?: string;
  /** How long it waits for the topology to become ready; whole seconds. @default Duration.minutes(5) */
  readonly readyTimeout?: Duration;
  /**
   * How long after its end Kubernetes deletes the Job; whole seconds. To a GitOps tool the Job is then missing: it creates
   * it again.
   * @default - it stays, with its result
   */
  readonly ttl?: Duration;
}

/** The props about verification. */
export interface VerificationProps {
  /**
   * A Job that connects as an application does, and tells whether the topology is sound; `true` for one without options.
   * @default false
   */
  readonly verification?: boolean | VerificationOptions;
}

export interface VerificationSettings {
  /** Absent: there is none. */
  readonly verification?: VerificationOptions;
}

function drillWords(example: string) {
  return mapping<DrillProps>(
    {
      limit: entry(
        duration('1m'),
        'within which the topology must be whole again',
        'of a switchover 1m, to observe 5m',
      ),
      writers: entry(count(4), 'clients that write at the same time', '4'),
    },
    example,
  );
}

export const verificationWords: EntriesOf<VerificationProps> = {
  verification: entry(
    either<boolean | VerificationOptions>(
      { true: true, false: false },
      mapping<VerificationOptions>(
        {
          drill: entry(
            either(
              { switchover: Drill.switchover(), observe: Drill.observe() },
              ways<{ switchover?: DrillProps; observe?: DrillProps }, object, Drill>(
                {
                  switchover: entry(drillWords('switchover: { limit: 1m }'), 'the Job has the master switched'),
                  observe: entry(
                    drillWords('observe: { limit: 5m }'),
                    'the Job waits for a failover that somebody causes',
                  ),
                },
                {},
                ({ switchover, observe }) => (switchover ? Drill.switchover(switchover) : Drill.observe(observe)),
              ),
            ),
            'a failover under load, after the checks',
            'none',
          ),
          hook: entry(
            named({ argo: VerificationHook.argoPostSync(), flux: VerificationHook.fluxForce() }),
            'what runs it again at each deployment',
            'none: it runs once',
          ),
          image: entry(text(NODE_IMAGE), 'with Node ≥ 20', 'that of the agents'),
          readyTimeout: entry(duration('5m'), 'how long it waits for the topology', '5m'),
          ttl: entry(duration('1h'), 'how long after its end the Job is deleted', 'it stays'),
        },
        'verification: { hook: argo }',
      ),
    ),
    'a Job that tells whether the topology is sound',
    'false',
  ),
};

export function resolveVerification({ verification = false }: VerificationProps): VerificationSettings {
  return { verification: verification === true ? {} : verification || undefined };
}

export function* verificationRules({ verification }: VerificationSettings): Generator<Violation> {
  if (!verification) return;
  for (const { path, message } of verificationFaults(verification)) yield { path: ['verification', ...path], message };
  if (verification.image !== undefined && !isImage(verification.image)) {
    yield fault(
      ['verification', 'image'],
      "'verification.image' must be an image as it is pulled",
      verification.image,
      'write it as registry.example.com/node:24',
    );
  }
}
