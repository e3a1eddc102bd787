import { Size } from 'cdk8s';
import type { ClaimRetention } from '../../kube/objects.js';
import type { Storage } from '../../kube/pod-set.js';
import { type EntriesOf, either, mapping } from '../../words/mappings.js';
import { size } from '../../words/quantities.js';
import { entry, mapped } from '../../words/value-kind.js';
import { choice, listOf, text, textsByName } from '../../words/values.js';
import {
  type AppendOnlyProps,
  type ClaimProps,
  Persistence,
  type PersistenceProps,
  type SnapshotProps,
} from '../persistence.js';
import type { Recovery } from '../profile.js';
import { bytes } from '../units.js';
import { fault, isDnsSubdomain, type Violation } from '../violation.js';
import type { MemberProps } from './members.js';
import { annotationRules, labelRules } from './naming.js';
import type { ProfileSettings } from './profile.js';
import { atLeast, type ResourceSettings } from './resources.js';

/** The props about persistence. */
export interface PersistenceGroupProps {
  /**
   * What is kept on volumes.
   * @default - Persistence.appendOnly(), in the cache profile Persistence.none()
   */
  readonly persistence?: Persistence;
}

export interface PersistenceSettings {
  /** Absent when nothing is persistent. */
  readonly storage?: Storage;
  /** Of separate Sentinels; absent when nothing is persistent. */
  readonly sentinelStorage?: Storage;
  /** `none`: there is no append-only file. */
  readonly fsync: 'always' | 'everysec' | 'none';
  /** When snapshots are taken. */
  readonly save: readonly string[];
  /** What happens where only a guess could go on. */
  readonly recovery: Recovery;
}

const SNAPSHOTS = ['3600 1', '300 100', '60 10000'];

export const persistenceWords: EntriesOf<PersistenceGroupProps> = {
  persistence: entry(
    either(
      { none: Persistence.none() },
      mapped(
        mapping<PersistenceProps>(persistenceEntries(), 'persistence: { appendOnly: { size: 8Gi } }'),
        Persistence.of,
      ),
    ),
    '`none`, or what the servers keep on a volume of their own',
    '`{ appendOnly: {} }`, in `cache` `none`',
  ),
};

function persistenceEntries(): EntriesOf<PersistenceProps> {
  const kept = () => choice('Retain', 'Delete');
  return {
    appendOnly: entry(
      mapping<AppendOnlyProps>(
        {
          fsync: entry(
            choice('everysec', 'always'),
            'when it is forced to disk',
            "the profile's: `always` in strict, else `everysec`",
          ),
          size: entry(size('8Gi'), 'of the volume', '8Gi, or three times `memory` if that is more'),
          storageClass: entry(text('fast'), 'of the volume', "the cluster's default"),
        },
        'appendOnly: { size: 8Gi }',
      ),
      'an append-only file',
      'there, unless there are snapshots alone',
    ),
    snapshots: entry(
      mapping<SnapshotProps>(
        {
          save: entry(
            listOf(text('"900 1"')),
            'seconds, and the changes within them, after which one is taken',
            SNAPSHOTS.join(', '),
          ),
        },
        'snapshots: { save: ["900 1"] }',
      ),
      'snapshots by the clock, beside the append-only file or alone',
      'none',
    ),
    claim: entry(
      mapping<ClaimProps>(
        {
          size: entry(size('8Gi'), 'of the volume', 'as of `appendOnly`'),
          storageClass: entry(text('fast'), 'of the volume', "the cluster's default"),
          labels: entry(textsByName('{ backup: daily }'), 'further labels', 'none'),
          annotations: entry(textsByName('{ backup: daily }'), 'annotations', 'none'),
        },
        'claim: { storageClass: fast }',
      ),
      'of the claims; Kubernetes refuses to change them later',
      'see each',
    ),
    retention: entry(
      mapping<ClaimRetention>(
        {
          whenDeleted: entry(kept(), 'when the topology is deleted', 'Retain'),
          whenScaled: entry(kept(), 'when it has fewer servers than before', 'Retain'),
        },
        'retention: { whenDeleted: Retain }',
      ),
      'what becomes of the volumes',
      'they stay',
    ),
  };
}

export function resolvePersistence(
  props: PersistenceGroupProps & MemberProps,
  { profile }: ProfileSettings,
  { memory }: ResourceSettings,
): PersistenceSettings {
  const byProfile = profile.values.fsync;
  const persistence = props.persistence ?? (byProfile === 'none' ? Persistence.none() : Persistence.appendOnly());
  const { recovery } = profile.values;
  if (!persistence.isKept) {
    // A server without a volume is empty after every stop; if all are, no waiting brings the data back.
    return { fsync: 'none', save: [], recovery: { ...recovery, whenEmpty: 'start' } };
  }
  const { appendOnly, snapshots, claim = {}, retention } = persistence.props;
  const separate = props.sentinels?.separate;
  return {
    storage: {
      size: claim.size ?? appendOnly?.size ?? defaultVolume(memory),
      storageClass: claim.storageClass ?? appendOnly?.storageClass,
      labels: claim.labels,
      annotations: claim.annotations,
      retention,
    },
    sentinelStorage: separate && {
      size: separate.size ?? Size.mebibytes(100),
      storageClass: separate.storageClass,
      labels: claim.labels,
      annotations: claim.annotations,
      retention,
    },
    fsync: appendOnly ? (appendOnly.fsync ?? (byProfile === 'none' ? 'everysec' : byProfile)) : 'none',
    save: snapshots ? (snapshots.save ?? SNAPSHOTS) : [],
    recovery,
  };
}

/** A rewrite of the append-only file holds the old base, what was appended since, and the new base at once. */
function defaultVolume(memory: Size): Size {
  const threefold = Math.ceil((3 * bytes(memory)) / 2 ** 30);
  return Size.gibibytes(Math.max(8, threefold));
}

const MIB = 2 ** 20;

export function* persistenceRules(
  settings: PersistenceSettings & ResourceSettings,
  props: PersistenceGroupProps & MemberProps,
): Generator<Violation> {
  const { appendOnly, claim = {}, snapshots } = props.persistence?.props ?? {};
  if (settings.storage) {
    // Two bases of at most 65 % of memory each, and as much again appended before a rewrite starts.
    const path = claim.size ? ['persistence', 'claim', 'size'] : ['persistence', 'appendOnly', 'size'];
    const why =
      settings.fsync === 'none'
        ? "a new snapshot is written beside the old one, which takes up to twice 'memory'"
        : "a rewrite of the append-only file needs room for twice 'memory'";
    yield* atLeast(path, settings.storage.size, 2 * bytes(settings.memory), why);
  }
  if (settings.sentinelStorage) {
    yield* atLeast(
      ['sentinels', 'separate', 'size'],
      settings.sentinelStorage.size,
      16 * MIB,
      'a file system must fit around the state file',
    );
  }
  for (const word of ['size', 'storageClass'] as const) {
    if (appendOnly?.[word] === undefined || claim[word] === undefined) continue;
    yield {
      path: ['persistence', 'claim', word],
      message: `'persistence.claim.${word}' must not be given beside 'appendOnly.${word}', as there is one volume, got both: keep one of them`,
    };
  }
  for (const [index, save] of (snapshots?.save ?? []).entries()) {
    if (/^[1-9]\d{0,8} [1-9]\d{0,8}$/.test(save)) continue;
    yield fault(
      ['persistence', 'snapshots', 'save', index],
      "'save' must be seconds and a number of changes within them, each at least 1",
      save,
      'write it as "900 1"',
    );
  }
  if (snapshots?.save?.length === 0) {
    yield {
      path: ['persistence', 'snapshots', 'save'],
      message:
        "'save' must say when a snapshot is taken, since a topology of snapshots without any keeps nothing, got none: leave it out for Redis' own, or drop 'snapshots'",
    };
  }
  yield* classRules(appendOnly?.storageClass, ['persistence', 'appendOnly', 'storageClass']);
  yield* classRules(claim.storageClass, ['persistence', 'claim', 'storageClass']);
  yield* classRules(props.sentinels?.separate?.storageClass, ['sentinels', 'separate', 'storageClass']);
  yield* labelRules(['persistence', 'claim', 'labels'], claim.labels ?? {});
  yield* annotationRules(['persistence', 'claim', 'annotations'], claim.annotations ?? {});
}

function* classRules(name: string | undefined, path: string[]): Generator<Violation> {
  if (name === undefined || isDnsSubdomain(name)) return;
  yield fault(
    path,
    "'storageClass' must be the name of a StorageClass",
    name,
    "leave it out for the cluster's default",
  );
}
