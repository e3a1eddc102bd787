#!/bin/sh
# The preStop hook of the redis container: a planned stop of the master hands over first, and loses nothing.
#
# Sentinel's own FAILOVER lets the old master accept writes until it is demoted, and those writes are lost. So: choose an
# heir, stop writes, wait until every replica has all of them, and only then ask for the failover. Each step is bounded. On
# a timeout writes stay paused, and the SIGTERM that follows waits for the replicas (shutdown-timeout): availability is
# lost, not data.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

# Sentinel sees the promotion in the heir's next INFO, one second after the last one: a failover asked for shortly before
# that INFO is due is over shortly after it. Measured: asked for when the last INFO was 780 to 900 ms old, writes stood still
# for 0.26 to 0.33 s, against 0.51 to 1.19 s without regard to it. Asked for too late, the INFO is sent before the promotion,
# and a whole second is lost: so the moment is earlier on a machine that is busy, told by how long the comparison of the
# offsets takes (20 ms on an idle one). Writes are paused just as long before as that comparison takes.
FAILOVER_AT_BEST=840
FAILOVER_AT_LEAST=600
PAUSE_TAKES=20
PHASE_WIDTH=60 # how exactly a moment can be met with sleeps and processes

HANDING_OVER=$RUN_DIR/handing-over # for the keeper: these pauses are not its own

# deadline SECONDS / passed: limits the step at hand.
deadline() { DEADLINE=$(($(now) + $1)); }
passed() { [ "$(now)" -ge "$DEADLINE" ]; }

local_info() { ask_server "$LOCAL" INFO replication | tr -d '\r'; }

# replicas INFO: the addresses of the replicas that are online.
replicas() {
  printf '%s\n' "$1" | sed -n 's/^slave[0-9]*:ip=\([^,]*\),.*state=online.*/\1/p'
}

# choose_heir: the online replica of the lowest ordinal that may be promoted. Updates go from the highest ordinal down, so
# the lowest is the last to be replaced and the master moves as seldom as can be.
choose_heir() {
  HEIR=
  for address in $SERVER_ADDRESSES; do
    printf '%s\n' "$ONLINE" | grep -Fqx "$address" || continue
    state=$(ask_server "$address" INFO replication | tr -d '\r') || continue
    priority=$(printf '%s\n' "$state" | field slave_priority)
    link=$(printf '%s\n' "$state" | field master_link_status)
    if [ "$link" = up ] && [ "${priority:-0}" != 0 ]; then
      HEIR=$address
      return
    fi
  done
}

# seen_heir: sets PRIORITY, which the nearest Sentinel knows of the heir, and AGE, how many ms ago it last heard its INFO.
seen_heir() {
  # shellcheck disable=SC2046 # two words
  set -- $(ask_sentinel "$NEAREST" SENTINEL REPLICAS "$MASTER_NAME" | awk -v heir="$HEIR" '
    key == "ip" { mine = ($0 == heir) }
    mine && key == "info-refresh" { age = $0 }
    mine && key == "slave-priority" { priority = $0 }
    { key = $0 }
    END { print priority + 0, age + 0 }')
  PRIORITY=${1:-0}
  AGE=${2:-0}
}

# prefer_heir: of several replicas Sentinel promotes the one of the lowest priority above 0; it learns it with the next INFO.
prefer_heir() {
  ask_server "$HEIR" CONFIG SET replica-priority 1 >/dev/null || return 0
  deadline 3
  seen_heir
  until [ "$PRIORITY" = 1 ] || passed; do
    sleep 0.1
    seen_heir
  done
}

# await_phase FROM UNTIL: until the heir's last INFO is so many ms old; a missed phase comes round again in a second.
await_phase() {
  deadline 3
  seen_heir
  until { [ "$AGE" -ge "$1" ] && [ "$AGE" -le "$2" ]; } || passed; do
    # Sleep most of the way to it, look again for the rest.
    left=$((($1 - AGE + 1000) % 1000))
    sleep "$(printf '0.%03d' "$((left < 60 ? 20 : left - 40))")"
    seen_heir
  done
}

# caught_up: writes are paused; does each online replica have all that this master has? Asks them, for what the master
# knows of their offsets is up to a second old. Sets BEHIND.
caught_up() {
  mine=$(local_info | field master_repl_offset)
  ask_all offset "$REDIS_PORT" "$ONLINE" INFO replication
  BEHIND=
  for address in $ONLINE; do
    offset=$(field slave_repl_offset <"$RUN_DIR/$PROGRAM.offset.$address")
    [ "${offset:-0}" -ge "$mine" ] || BEHIND="$BEHIND $address"
  done
  [ -z "$BEHIND" ]
}

# switched: a majority of the Sentinels names another, which is master. Sets MASTER.
switched() {
  named_by "$SENTINEL_ADDRESSES"
  [ "$VOTES" -ge "$SENTINEL_MAJORITY" ] && [ -n "$MASTER" ] && [ "$MASTER" != "$ME" ] &&
    [ "$(role "$MASTER")" = master ]
}

# ask_failover: until a Sentinel takes it; one that is in the midst of another (INPROG), or has yet to hear of the heir
# (NOGOODSLAVE), says so.
ask_failover() {
  deadline 10
  until ask_sentinel "$NEAREST" SENTINEL FAILOVER "$MASTER_NAME" >/dev/null; do
    if switched; then return 0; fi
    if passed; then return 1; fi
    sleep 0.2
  done
}

# retire: follow the new master, and send the clients to it.
retire() {
  printf 'REPLICAOF %s %s\nCLIENT KILL TYPE normal SKIPME yes\n' "$MASTER" "$REDIS_PORT" | ask_server "$LOCAL" >/dev/null || :
}

# give_up WHY: what was set up for the heir is taken back; the writes stay paused where they are.
give_up() {
  ask_server "$HEIR" CONFIG SET replica-priority 100 >/dev/null || :
  fail "$*"
}

# What a hook says goes nowhere: in a pod it is said in the log of the server, which is process 1.
if [ "$(cat /proc/1/comm 2>/dev/null)" = "$ENGINE-server" ] && { :; } 2>/proc/1/fd/2; then exec 2>/proc/1/fd/2; fi

load_password
[ "$(role "$LOCAL")" = master ] || exit 0
located
# shellcheck disable=SC2086 # a list is words
ME=$(nth "$ORDINAL" $SERVER_ADDRESSES)

ONLINE=$(replicas "$(local_info)")
choose_heir
if [ -z "$HEIR" ]; then
  say "no-heir: no replica is online and may be promoted; stopping without a hand-over"
  exit 0
fi
: >"$HANDING_OVER"
trap 'rm -f "$HANDING_OVER"' EXIT
say "hand-over from=$ME to=$HEIR"
prefer_heir
milliseconds
started=$MS
caught_up || :
milliseconds
took=$((MS - started))
failover_at=$((FAILOVER_AT_BEST - 2 * took))
[ "$failover_at" -ge "$FAILOVER_AT_LEAST" ] || failover_at=$FAILOVER_AT_LEAST
PAUSE_FROM=$((failover_at - took - PAUSE_TAKES))
[ "$PAUSE_FROM" -gt 0 ] || PAUSE_FROM=0
await_phase "$PAUSE_FROM" "$((PAUSE_FROM + PHASE_WIDTH))"

ask_server "$LOCAL" CLIENT PAUSE "$(((GRACE - 10) * 1000))" WRITE >/dev/null ||
  give_up "CLIENT PAUSE was refused; stopping without a hand-over"
deadline 5
until caught_up || passed; do sleep 0.05; done
for address in $BEHIND; do
  say "behind replica=$address: not to be promoted"
  ask_server "$address" CONFIG SET replica-priority 0 >/dev/null || :
done
case " $BEHIND " in *" $HEIR "*) fail "the heir $HEIR did not catch up in 5 s; writes stay paused, the shutdown waits for the replicas" ;; esac

ask_failover || give_up "no Sentinel took the failover in 10 s; writes stay paused, the shutdown waits for the replicas"
say "failover-asked comparison=${took}ms info-age-at-pause=${AGE}ms"
deadline 15
last_asked=$(now)
until switched; do
  # A failover that a Sentinel gave up (it found no replica good enough just then) is asked for again.
  if [ "$(($(now) - last_asked))" -ge 3 ]; then
    last_asked=$(now)
    ! ask_sentinel "$NEAREST" SENTINEL FAILOVER "$MASTER_NAME" >/dev/null || say "failover-asked again"
  fi
  if passed; then fail "the Sentinels did not agree on a new master in 15 s; writes stay paused, the shutdown waits for the replicas"; fi
  sleep 0.02
done
retire
say "handed-over to=$MASTER epoch=$EPOCH"
