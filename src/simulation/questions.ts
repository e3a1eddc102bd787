import type { Known, MasterView, SentinelSeen, ServerSeen } from '../agent/program/decide/known.js';
import { namesTheSame, saysTheSame } from '../agent/program/decide/news.js';
import type { Sentinel } from './sentinel.js';
import type { Server } from './server.js';
import type { Question } from './target.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type ServerState = Mutable<ServerSeen>;
export type SentinelState = Mutable<SentinelSeen>;
export type Confirmed = NonNullable<Known['confirmed']>;

/** As in the agent's driver (src/agent/program/know/own-server.ts). */
const CONFIRM_MS = 100;
const CONFIRM_BYTES = 60;

const NEVER = Number.NEGATIVE_INFINITY;

export function serverUnseen(): ServerState {
  return {
    contact: 'unknown',
    askedAt: NEVER,
    answeredAt: undefined,
    pendingSince: undefined,
    info: undefined,
    infoAt: NEVER,
    position: undefined,
    positionAt: NEVER,
  };
}

export function sentinelUnseen(): SentinelState {
  return {
    contact: 'unknown',
    askedAt: NEVER,
    answeredAt: undefined,
    pendingSince: undefined,
    view: undefined,
    viewAt: NEVER,
    vote: undefined,
    replicas: undefined,
    replicasAt: NEVER,
  };
}

/** What an agent asks a server, and what it then knows of it; `same` where it knew that, as in the agent's driver. */
export function serverQuestions(server: Server, seen: ServerState): Record<string, Question> {
  return {
    info: (answer, askedAt) => {
      const info = server.info();
      answer(() => {
        const isSame = saysTheSame(info, seen.info);
        seen.info = info;
        seen.infoAt = askedAt;
        return isSame && 'same';
      });
    },
    position: (answer, askedAt) => {
      const { position } = server;
      answer(() => {
        seen.position = position;
        seen.positionAt = askedAt;
      });
    },
  };
}

/** PUBLISH and WAIT, to the own server. @param confirmed takes what came of it; `same` where that is no news */
export function confirmQuestion(
  server: Server,
  minReplicas: number,
  confirmed: (round: Confirmed) => unknown,
): Record<string, Question> {
  return {
    confirm: (answer, askedAt) => {
      server.publish(CONFIRM_BYTES, () => {
        if (server.role !== 'master' || server.loading) return answer(false);
        server.feed.wait(server.offset, minReplicas, CONFIRM_MS, (replicas) => {
          if (replicas < 0) return answer(false);
          answer(() => confirmed({ askedAt, replicas }));
        });
      });
    },
  };
}

/** What an agent asks a Sentinel; of its own one it also learns whether a replica is linked. */
export function sentinelQuestions(sentinel: Sentinel, seen: SentinelState, isOwn: boolean): Record<string, Question> {
  return {
    view: (answer, askedAt) => {
      const view = sentinel.view();
      answer(() => {
        const told = withLink(view, seen.view?.hasLinkedReplica);
        const isSame = namesTheSame(told, seen.view);
        seen.view = told;
        seen.viewAt = askedAt;
        return isSame && 'same';
      });
    },
    replicas: (answer, askedAt) => {
      const flags = sentinel.flags();
      const linked = sentinel.hasLinkedReplica;
      answer(() => {
        seen.replicas = flags;
        seen.replicasAt = askedAt;
        if (isOwn && seen.view) seen.view = withLink(seen.view, linked);
      });
    },
  };
}

function withLink(view: MasterView, hasLinkedReplica: boolean | undefined): MasterView {
  const { master, epoch, subjectivelyDown, objectivelyDown, failoverInProgress, elected, met, heardMs } = view;
  return {
    master,
    epoch,
    subjectivelyDown,
    objectivelyDown,
    failoverInProgress,
    elected,
    met,
    heardMs,
    hasLinkedReplica,
  };
}
