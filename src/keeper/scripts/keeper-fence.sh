# The keeper's part against two masters (FENCE=yes, in strict): a master that has been cut off pauses its writes before the
# others can elect another. min-replicas-max-lag does the same by itself, but a second or two later, and what is
# acknowledged in between is lost when the partition heals.
#
# Cut off means both: too few replicas confirm, and no majority of the Sentinels answers. The one without the other is a busy
# replica, or a lost Sentinel, and neither leads to an election behind this master's back.
# shellcheck shell=sh disable=SC2034,SC2154 # FENCE_LOOK is for keeper.sh; `answered` is of lib.sh

FENCE_CONFIRM_MS=100 # a healthy replica confirms within a millisecond or two; where none does, the Sentinels are asked
FENCE_ASK=0.3        # seconds that a Sentinel may take to answer
FENCE_PAUSE_MS=3000  # renewed every round, and over by itself should the keeper die
FENCE_LOOK=0.3       # seconds between two rounds
PAUSED=

# confirmed: as many replicas as must (min-replicas-to-write) have all that has been written up to now. WAIT waits for the
# last thing that this very connection has sent on to the replicas, so it sends them a message first, which changes no data;
# with anything less (a PING) the answers of long ago count (Redis 8; in older ones for an idle master). The second answer is
# WAIT's: where there is but the first, the server hangs since.
confirmed() {
  replicas=$(printf 'PUBLISH keeper:fence ?\nWAIT %s %s\n' "$MIN_REPLICAS" "$FENCE_CONFIRM_MS" | ask_server "$LOCAL" | sed -n 2p)
  [ "${replicas:-0}" -ge "$MIN_REPLICAS" ] 2>/dev/null
}

# heard_of_replicas: the same while writes are paused, when WAIT does not answer: a replica reports in every second.
heard_of_replicas() {
  heard=$(ask_server "$LOCAL" INFO replication | grep -Ec '^slave[0-9]+:.*state=online.*lag=[01]([^0-9]|$)') || :
  [ "${heard:-0}" -ge "$MIN_REPLICAS" ]
}

majority_answers() {
  answering=$(
    ASK_SECONDS=$FENCE_ASK
    ask_enough "$SENTINEL_MAJORITY" fence "$SENTINEL_PORT" "$SENTINEL_ADDRESSES" PING
    printf '%s\n' "$answered"
  )
  [ "$answering" -ge "$SENTINEL_MAJORITY" ]
}

# fence: one round. A hand-over pauses writes for reasons of its own, and is left alone. Fails where the master does not
# answer at all (keeper-hang.sh).
fence() {
  [ ! -e "$HANDING_OVER" ] || return 0
  if [ -n "$PAUSED" ]; then
    if heard_of_replicas || majority_answers; then lift_fence; else pause_writes; fi
  elif confirmed; then
    return 0
  elif [ -z "$replicas" ]; then
    return 1
  elif ! majority_answers && ! confirmed && [ "$(role "$LOCAL")" = master ]; then
    pause_writes
    PAUSED=yes
    say "fenced answering=$answering of=$SENTINEL_COUNT reason=too-few-replicas-confirm-and-no-majority-answers"
  fi
}

pause_writes() {
  ask_server "$LOCAL" CLIENT PAUSE "$FENCE_PAUSE_MS" WRITE >/dev/null || :
}

lift_fence() {
  [ -n "$PAUSED" ] || return 0
  PAUSED=
  ask_server "$LOCAL" CLIENT UNPAUSE >/dev/null || :
  say "fence-lifted"
}
