#!/bin/sh
# The preStop hook of the redis container: a planned stop of the master hands over first, and loses nothing.
#
# Sentinel's own FAILOVER lets the old master accept writes until it is demoted, and those writes are lost; and it notices
# the promotion only with its next INFO, up to a second later. So the steps are taken here, and the Sentinels' own protocol
# is used for what must be agreed on:
#
#   1 have the Sentinels elect for a new epoch            3 switch to the heir (switch.sh)
#   2 pause writes until a replica, the heir, has them    4 follow it, and drop the clients
#
# Nothing has changed for clients before step 2 nor for data before step 3, and from then on the heir has all writes. Each step is bounded. Where the
# switch fails, a Sentinel is asked for its FAILOVER, still with writes paused. Where that fails too, they stay paused, and
# the SIGTERM that follows waits for the replicas (shutdown-timeout): availability is lost, not data.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=switch.sh
. "${0%/*}/switch.sh"

HANDING_OVER=$RUN_DIR/handing-over # for the keeper: these pauses are not its own
CATCH_UP_FOR=5                     # seconds; a replica in step is a few milliseconds behind

# candidates: the replicas that are linked and may be promoted, from the lowest ordinal up. Updates go from the highest
# ordinal down: the lowest is the last to be replaced, so that the master moves as seldom as can be.
candidates() {
  ask_all replica "$REDIS_PORT" "$OTHERS" INFO replication
  for other in $OTHERS; do
    answer=$RUN_DIR/$PROGRAM.replica.$other
    if [ "$(field master_link_status <"$answer")" = up ] && [ "$(field slave_priority <"$answer")" != 0 ]; then
      printf '%s ' "$other"
    fi
  done
}

# caught_up: writes are paused; does the heir have all that this master has? It is asked itself: what the master knows of
# its offset is up to a second old.
caught_up() {
  mine=$(ask_server "$LOCAL" INFO replication | field master_repl_offset)
  its=$(ask_server "$HEIR" INFO replication | field slave_repl_offset)
  [ -n "$mine" ] && [ "${its:-0}" -ge "$mine" ]
}

# choose_heir CANDIDATES: sets HEIR to the first that catches up.
choose_heir() {
  for HEIR in $1; do
    deadline "$CATCH_UP_FOR"
    until passed; do
      if caught_up; then return 0; fi
      sleep 0.02
    done
    say "behind replica=$HEIR for=${CATCH_UP_FOR}s"
  done
  return 1
}

# retire: follow the new master, and send the clients to it.
retire() {
  printf 'REPLICAOF %s %s\nCLIENT KILL TYPE normal SKIPME yes\n' "$MASTER" "$REDIS_PORT" | ask_server "$LOCAL" >/dev/null || :
}

# What a hook says goes nowhere: in a pod it is said in the log of the server, whose script is process 1.
if grep -q redis-start.sh /proc/1/cmdline 2>/dev/null && { :; } 2>/proc/1/fd/2; then exec 2>/proc/1/fd/2; fi

load_password
[ "$(role "$LOCAL")" = master ] || exit 0
located
# shellcheck disable=SC2086 # a list is words
ME=$(nth "$ORDINAL" $SERVER_ADDRESSES)
OTHERS=$(without "$ME" "$SERVER_ADDRESSES")
REPLICAS=$(ask_server "$LOCAL" INFO replication | replicas)

CANDIDATES=$(candidates)
if [ -z "$CANDIDATES" ]; then
  say "no-heir: no replica is linked and may be promoted; stopping without a hand-over"
  exit 0
fi
: >"$HANDING_OVER"
trap 'rm -f "$HANDING_OVER"' EXIT
say "hand-over from=$ME to=$CANDIDATES"

# Before the pause, since a Sentinel that is away is waited for. Should nothing come of it, the voters start no failover of
# their own for twice failover-timeout, but the keeper still switches when this server is gone.
elected=
if elect "$ME"; then elected=yes; fi
milliseconds
paused_at=$MS
ask_server "$LOCAL" CLIENT PAUSE "$(((GRACE - 10) * 1000))" WRITE >/dev/null ||
  fail "CLIENT PAUSE was refused; stopping without a hand-over"
choose_heir "$CANDIDATES" || fail "no replica caught up; writes stay paused, the shutdown waits for the replicas"
if [ -n "$elected" ] && switch_to_heir; then
  retire
  milliseconds
  retired_at=$MS
  switch_done
  agreed || fail "the Sentinels do not name $HEIR, which is master; writes to this server stay paused"
else
  say "failover-asked elected=${elected:-no}"
  by_sentinel || fail "the Sentinels did not agree on a new master in $AGREE_FOR s; writes stay paused, the shutdown waits for the replicas"
  retire
  milliseconds
fi
say "handed-over to=$MASTER epoch=$EPOCH writes-paused=$((${retired_at:-$MS} - paused_at))ms"
