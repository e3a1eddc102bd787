#!/bin/sh
# The keeper: looks after the Redis server of its pod, every second.
#
#   a replica that is in step         may be promoted (replica-priority 100); until its first synchronisation it may not (0)
#   a master                          carries priority 0, so that it begins with it when it is demoted
#   a master that a majority of the   follows the new one, and drops its clients; Sentinel itself would take ten seconds
#   Sentinels has replaced, seen twice
#   a master that is cut off (strict)  pauses its writes until it is not (keeper-fence.sh)
#   a master that hangs (strict)      is ended before another can be elected (keeper-hang.sh)
#   a server that is gone while the   has a replica promoted at once (keeper-crash.sh)
#   Sentinels still name it master
#   a replica that a Sentinel has     tells all Sentinels at once (keeper-proclaim.sh)
#   just promoted
#   a replica whose master is down,   has itself elected, if it came furthest (keeper-overdue.sh)
#   and no Sentinel begins
#   a replica that no Sentinel        has the Sentinels' bar lifted (keeper-stuck.sh)
#   promotes, for twenty seconds
#   a candidate (the last master      stands for election: of a majority of servers the one that came furthest is promoted
#   does not return)                  (keeper-election.sh)
#
# and at the Secret: a changed password is accepted too, then used (password-change.sh).
#
# shellcheck source=../../server/scripts/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=../../server/scripts/signs.sh
. "${0%/*}/signs.sh"
# shellcheck source=../../server/scripts/position.sh
. "${0%/*}/position.sh"
# shellcheck source=../../server/scripts/switch.sh
. "${0%/*}/switch.sh"
# shellcheck source=../../server/scripts/password-change.sh
. "${0%/*}/password-change.sh"
# shellcheck source=keeper-crash.sh
. "${0%/*}/keeper-crash.sh"
# shellcheck source=keeper-fence.sh
. "${0%/*}/keeper-fence.sh"
# shellcheck source=keeper-hang.sh
. "${0%/*}/keeper-hang.sh"
# shellcheck source=keeper-proclaim.sh
. "${0%/*}/keeper-proclaim.sh"
# shellcheck source=keeper-overdue.sh
. "${0%/*}/keeper-overdue.sh"
# shellcheck source=keeper-stuck.sh
. "${0%/*}/keeper-stuck.sh"
# shellcheck source=keeper-election.sh
. "${0%/*}/keeper-election.sh"

HANDING_OVER=$RUN_DIR/handing-over # the hand-over is at work
BEAT=$RUN_DIR/keeper.beat
LOOK=$RUN_DIR/keeper.look # what redis-cli said of the connection

PRIORITY=100      # Redis' own default

set_priority() {
  ask_server "$LOCAL" CONFIG SET replica-priority "$1" >/dev/null && say "priority value=$1 $2"
}

as_master() {
  if [ "$LAST_ROLE" != master ]; then
    if [ -n "$FOLLOWED" ]; then proclaim "$FOLLOWED"; fi
    FOLLOWED=
    rm -f "$INCOMPLETE" "$ABANDONED" "$PROMOTE" "$FIRST_START"
    set_priority 0 "reason=master"
    settle
  fi
  REPLICAS=$(printf '%s\n' "$INFO" | replicas)
  named_by "$SENTINEL_ADDRESSES"
  if [ "$VOTES" -ge "$SENTINEL_MAJORITY" ] && [ -n "$MASTER" ] && [ "$MASTER" != "$ME" ]; then
    replaced=$((replaced + 1))
    if [ "$replaced" -ge 2 ] && [ "$(role "$MASTER")" = master ]; then demote; fi
  else
    replaced=0
    # Paused writes would keep the keeper waiting.
    if [ "$VOTES" -ge "$SENTINEL_MAJORITY" ] && [ "$MASTER" = "$ME" ] && [ -z "$PAUSED" ] && [ ! -e "$HANDING_OVER" ]; then
      milliseconds
      looked=$MS
      # Where it was but refused, the next question is answered (keeper-hang.sh).
      mark "$EPOCH" "$(printf '%s\n' "$INFO" | field master_repl_offset)" || SILENT_SINCE=$looked
    fi
  fi
}

# demote: the clients go too, so that pooled connections move to the new master.
demote() {
  say "demote new-master=$MASTER epoch=$EPOCH"
  ask_server "$LOCAL" REPLICAOF "$MASTER" "$REDIS_PORT" >/dev/null || return 0
  ask_server "$LOCAL" CLIENT KILL TYPE normal SKIPME yes >/dev/null || :
  lift_fence
  replaced=0
}

as_replica() {
  in_step=
  FOLLOWED=$(printf '%s\n' "$INFO" | field master_host)
  link=$(printf '%s\n' "$INFO" | field master_link_status)
  if [ "$link" = up ]; then
    rm -f "$INCOMPLETE" "$ABANDONED" "$PROMOTE"
    standing=0
    if [ "$(printf '%s\n' "$INFO" | field slave_priority)" = 0 ]; then set_priority "$PRIORITY" "reason=in-step"; fi
    in_step=yes
    settle
  elif [ -e "$ABANDONED" ]; then
    stand
  else
    unstick
  fi
  if [ ! -e "$ABANDONED" ] && ! hears_of_master; then overdue; else DOWN_SINCE=; fi
}

# hears_of_master: within the last second. A link to a server that hangs, or is cut off, stays up for repl-timeout.
hears_of_master() {
  [ "$link" = up ] && [ "$(printf '%s\n' "$INFO" | field master_last_io_seconds_ago)" -lt 2 ]
}

tick() {
  now >"$BEAT"
  milliseconds
  looked=$MS
  INFO=$(ask "$LOCAL" "$REDIS_PORT" INFO replication 2>"$LOOK" | tr -d '\r')
  role_now=$(printf '%s\n' "$INFO" | field role)
  if [ -n "$role_now" ]; then SILENT_SINCE=; else SILENT_SINCE=${SILENT_SINCE:-$looked}; fi
  case $role_now in
    master) as_master ;;
    slave) as_replica ;;
  esac
  if [ -n "$SILENT_SINCE" ] && [ "$FENCE" = yes ] && [ -e "$SEEN_AS_MASTER" ] && ! grep -q 'Connection refused' "$LOOK"; then
    end_if_hung || :
  fi
  if [ -z "$role_now" ]; then as_gone; fi
  LAST_ROLE=$role_now
  case $role_now in
    master) : >"$SEEN_AS_MASTER" ;;
    slave) rm -f "$SEEN_AS_MASTER" ;;
  esac
}

# watch SECONDS: so long; or less, and it fails, if the server ends: a subscriber's connection breaks within milliseconds.
watch() {
  ended=0
  REDISCLI_AUTH=$PASSWORD VALKEYCLI_AUTH=$PASSWORD timeout "$1" \
    "$ENGINE-cli" -h "$LOCAL" -p "$REDIS_PORT" SUBSCRIBE keeper:watch >/dev/null 2>&1 || ended=$?
  [ "$ended" = 124 ] || [ "$ended" = 143 ] # the time was up; the latter is BusyBox'
}

# rest: until the next look, a second in all. Where there is no server to watch, a shorter time.
rest() {
  if [ -z "$role_now" ]; then
    sleep 0.5
  elif [ "$role_now" = slave ] && [ -z "$in_step" ] && [ ! -e "$ABANDONED" ]; then
    sleep 0.2 # until it is in step, its master has one heir less
  elif [ "$role_now" = master ] && [ "$FENCE" = yes ]; then
    milliseconds
    until_ms=$((MS + 900))
    while [ "$MS" -lt "$until_ms" ]; do
      looked=$MS
      if ! fence; then
        SILENT_SINCE=$looked
        end_if_hung || :
        return 0
      fi
      watch "$FENCE_LOOK" || return 0 # BusyBox' timeout takes a second at least
      milliseconds
    done
  else
    watch 1 || :
  fi
}

ASK_SECONDS=0.5 # decisions here are made every second
await_password
writable "$DATA_DIR"
locate
# shellcheck disable=SC2086 # a list is words
ME=$(nth "$ORDINAL" $SERVER_ADDRESSES)
[ -n "$ME" ] || fail "ordinal $ORDINAL has no place among the $SERVER_COUNT servers: $SERVERS"
OTHERS=$(without "$ME" "$SERVER_ADDRESSES")
LAST_ROLE=
FOLLOWED= # whom this replica followed
role_now=
in_step=
replaced=0
standing=0
PARTS=server
if [ "$SENTINELS" = "$SERVERS" ]; then PARTS="server sentinel"; fi
if [ "$FENCE" = yes ] && coarse_time; then HANG_MS=$((HANG_MS - 1000)); fi
say "keeping me=$ME"
rm -f "$WAITING_FILE"

while :; do
  tick || say "error the last look failed; looking again"
  look_at_secret || :
  rest
done
