#!/bin/sh
# Starts a Sentinel that always knows the whole mesh and never forgets an epoch.
#
# Its own file is rendered afresh at each start: Sentinel's rewritten one may hold duplicates, on which it refuses to
# start, and addresses that are gone. What must survive is read out of the old one: who is master, and the epochs. The
# identity (myid) is a hash of namespace, topology and ordinal and the announced address is the Service's, so a restarted
# Sentinel is the same voter and not one more.
# shellcheck source=../../server/scripts/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=../../server/scripts/password-change.sh
. "${0%/*}/password-change.sh"
# shellcheck source=sentinel-calm.sh
. "${0%/*}/sentinel-calm.sh"

STATE_DIR=$DATA_DIR/sentinel
STATE=$STATE_DIR/sentinel.conf
PLACES=$STATE_DIR/addresses  # ordinal and address of each server when STATE was rendered
HAD_DATA=$STATE_DIR/had-data # there was once a replica in step with a master: the topology is not new

PATIENT_DOWN_AFTER_MS=60000 # longer than PATIENT_LOOKS last
PATIENT_LOOKS=20            # every half second

# state KEY…: the last word of the state's line that begins with these words, or nothing.
state() {
  [ -r "$STATE" ] || return 0
  awk -v want="sentinel $*" 'index($0, want " ") == 1 { found = $NF } END { print found }' "$STATE"
}

# remembered_master: the address now of the server that the state names as master. Addresses change when Services are
# made anew (another cluster, a restored backup); the ordinal does not.
remembered_master() {
  [ -r "$STATE" ] || return 0
  old=$(awk -v name="$MASTER_NAME" '$1 == "sentinel" && $2 == "monitor" && $3 == name { print $4; exit }' "$STATE")
  [ -n "$old" ] || return 0
  place=
  [ ! -r "$PLACES" ] || place=$(awk -v old="$old" '$2 == old { print $1; exit }' "$PLACES")
  # shellcheck disable=SC2086 # a list is words
  if [ -n "$place" ]; then nth "$place" $SERVER_ADDRESSES; else
    for address in $SERVER_ADDRESSES; do
      [ "$address" != "$old" ] || printf '%s\n' "$old"
    done
  fi
}

# adopt: what to do without a memory. The other Sentinels' newest configuration is taken over, and, as a vote of this
# Sentinel's may be forgotten, no election is taken part in before the longest that one can run. A Sentinel that refuses
# the connection is not running, so it counts no votes; one that answers that it sees nothing down holds no election.
adopt() {
  others=$(without "$ME" "$SENTINEL_ADDRESSES")
  named_by "$others"
  while [ "$ANSWERED" = 0 ] && [ -n "$(refusing sentinel "$others")" ]; do
    waiting "the other Sentinels $PASSWORD_UNDER_WAY"
    sleep 0.5
    load_password
    named_by "$others"
  done
  if [ "$ANSWERED" -gt 0 ] && [ -n "$MASTER" ]; then
    master=$MASTER
    config_epoch=$EPOCH
    leader_epoch=$EPOCH
    current_epoch=$EPOCH
    say "adopted master=$master epoch=$EPOCH from=$ANSWERED"
  fi
  for address in $others; do
    answer=$RUN_DIR/$PROGRAM.sentinel.$address
    if [ -s "$answer" ]; then
      ! awk 'flags { print; exit } $0 == "flags" { flags = 1 }' "$answer" | grep -Eq 'down|failover' || unsure=1
    else
      grep -q 'Connection refused' "$answer.error" || unsure=1
    fi
  done
  if [ -n "${unsure:-}" ]; then
    window=$(((FAILOVER_TIMEOUT_MS < 10000 ? FAILOVER_TIMEOUT_MS : 10000) / 1000 + 1))
    say "holding-back seconds=$window reason=a-vote-may-be-forgotten"
    pause "$window"
    # What was decided meanwhile is newer than what was adopted.
    named_by "$others"
    if [ "$ANSWERED" -gt 0 ] && [ -n "$MASTER" ] && [ "$EPOCH" -ge "$config_epoch" ]; then
      master=$MASTER
      config_epoch=$EPOCH
      leader_epoch=$EPOCH
      current_epoch=$EPOCH
    fi
  fi
}

render() {
  printf 'port %s\nbind %s\ndir %s\n' "$SENTINEL_PORT" "$BIND" "$(quoted "$STATE_DIR")" &&
    admission &&
    printf 'sentinel sentinel-pass %s\n' "$(quoted "$PASSWORD")" &&
    printf 'sentinel myid %s\n' "$(identity "$ORDINAL")" &&
    printf 'sentinel announce-ip %s\nsentinel announce-port %s\n' "$ME" "$SENTINEL_PORT" &&
    printf 'sentinel monitor %s %s %s %s\n' "$MASTER_NAME" "$master" "$REDIS_PORT" "$QUORUM" &&
    printf 'sentinel auth-pass %s %s\n' "$MASTER_NAME" "$(quoted "$PASSWORD")" &&
    cat "$CONFIG_DIR/sentinel.conf" &&
    printf 'sentinel config-epoch %s %s\n' "$MASTER_NAME" "$config_epoch" &&
    printf 'sentinel leader-epoch %s %s\n' "$MASTER_NAME" "$leader_epoch" &&
    printf 'sentinel current-epoch %s\n' "$current_epoch" &&
    for address in $(without "$master" "$SERVER_ADDRESSES"); do
      printf 'sentinel known-replica %s %s %s\n' "$MASTER_NAME" "$address" "$REDIS_PORT"
    done &&
    place=0 &&
    for address in $SENTINEL_ADDRESSES; do
      [ "$address" = "$ME" ] ||
        printf 'sentinel known-sentinel %s %s %s %s\n' "$MASTER_NAME" "$address" "$SENTINEL_PORT" "$(identity "$place")"
      place=$((place + 1))
    done
}

# master_seen: the Sentinel has had an INFO of the master since it started: only then does it know the master's runid.
master_seen() {
  ask_sentinel "$LOCAL" SENTINEL MASTER "$MASTER_NAME" |
    awk 'key == "runid" && $0 != "" { known = 1 } { key = $0 } END { exit !known }'
}

# be_patient: until the master is there for the first time, it is not yet held for down. A failover would be in vain while
# all servers start, and would keep the next one waiting for twice failover-timeout. Where there was data before, a replica
# may be up and the master not: then the patience has an end.
be_patient() {
  ask_sentinel "$LOCAL" SENTINEL SET "$MASTER_NAME" down-after-milliseconds "$PATIENT_DOWN_AFTER_MS" >/dev/null || return 0
  looks=0
  until master_seen || { [ -e "$HAD_DATA" ] && [ "$looks" -ge "$PATIENT_LOOKS" ]; }; do
    sleep 0.5
    looks=$((looks + 1))
  done
  ask_sentinel "$LOCAL" SENTINEL SET "$MASTER_NAME" down-after-milliseconds "$DOWN_AFTER_MS" >/dev/null || :
}

# follow_secret: without a server in the pod there is no keeper to do it.
follow_secret() {
  PARTS=sentinel
  while :; do
    look_at_secret || :
    sleep 1
  done
}

# keep: what a running Sentinel needs beside it. Its DEBUG settings live in memory only, and the topology stops being new
# (HAD_DATA) with the first replica in step.
keep() {
  until ask_sentinel "$LOCAL" PING >/dev/null; do sleep 0.2; done
  # shellcheck disable=SC2086 # names and values
  ask_sentinel "$LOCAL" SENTINEL DEBUG $SENTINEL_DEBUG >/dev/null || say "error SENTINEL DEBUG $SENTINEL_DEBUG was refused"
  be_patient
  until [ -e "$HAD_DATA" ]; do
    sleep 1
    ! ask_sentinel "$LOCAL" SENTINEL REPLICAS "$MASTER_NAME" |
      awk 'key == "master-link-status" && $0 == "ok" { found = 1 } { key = $0 } END { exit !found }' || : >"$HAD_DATA" || :
  done
}

await_password
writable "$STATE_DIR"
locate
# shellcheck disable=SC2086 # a list is words
ME=$(nth "$ORDINAL" $SENTINEL_ADDRESSES)
[ -n "$ME" ] || fail "ordinal $ORDINAL has no place among the $SENTINEL_COUNT Sentinels: $SENTINELS"

config_epoch=$(state config-epoch "$MASTER_NAME")
leader_epoch=$(state leader-epoch "$MASTER_NAME")
current_epoch=$(state current-epoch)
config_epoch=${config_epoch:-0}
leader_epoch=${leader_epoch:-0}
current_epoch=${current_epoch:-0}
master=$(remembered_master)
if [ -n "$master" ]; then say "remembered master=$master epoch=$config_epoch"; else adopt; fi
# shellcheck disable=SC2086 # a list is words
[ -n "$master" ] || master=$(nth 0 $SERVER_ADDRESSES)
# Epoch 0 means that nothing was ever stored here: it lets server 0 start empty, which raises it to 1 (redis-start.sh). Should
# a Sentinel not have heard of that, a replica that held the data ends it too. Epoch 1 means no other: elections begin at 2, for
# two configurations of one epoch would never be told apart.
if [ -e "$HAD_DATA" ] && [ "$config_epoch" = 0 ]; then config_epoch=1; fi
[ "$current_epoch" -ge 1 ] || current_epoch=1
[ "$current_epoch" -ge "$config_epoch" ] || current_epoch=$config_epoch

load_password # it may have changed meanwhile
render >"$STATE.new" || fail "volume: $STATE.new cannot be written (full?); the configuration of before is untouched"
place=0
for address in $SERVER_ADDRESSES; do
  printf '%s %s\n' "$place" "$address"
  place=$((place + 1))
done >"$PLACES.new" || fail "volume: $PLACES.new cannot be written (full?)"
mv "$STATE.new" "$STATE"
mv "$PLACES.new" "$PLACES"
rm -f "$WAITING_FILE"

say "starting me=$ME master=$master epoch=$config_epoch"
launch "$ENGINE-server" "$STATE" --sentinel
keep &
beside=$!
keep_calm &
beside="$beside $!"
if [ "$SENTINELS" != "$SERVERS" ]; then
  follow_secret &
  beside="$beside $!"
fi
outlast
# shellcheck disable=SC2086 # a list is words
kill $beside 2>/dev/null || :
say "ended status=$STATUS"
exit "$STATUS"
