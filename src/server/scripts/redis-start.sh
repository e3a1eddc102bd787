#!/bin/sh
# Starts a Redis server, once it is certain what it must start as. This is the guard against the worst of failures: a
# master that comes back empty, and whose replicas copy the emptiness.
#
# The server that the Sentinels name as master does not listen until either another has been named, or no other can have
# what it has. While it does not listen, the Sentinels see it down and promote a replica that has the data.
# In doubt it waits: no answer from a majority of Sentinels, two masters named at once, a failover under way.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=signs.sh
. "${0%/*}/signs.sh"
# shellcheck source=position.sh
. "${0%/*}/position.sh"
# shellcheck source=switch.sh
. "${0%/*}/switch.sh"

REDIS_DIR=$DATA_DIR/redis
CONFIG=$RUN_DIR/redis.conf
SILENT_FOR=5 # seconds; a busy server answers within them, a lost node never

# has_data: there is an append-only file, and it is not that of a replica that was never filled. A dump.rdb does not count:
# a full synchronisation leaves one behind, and it may be of any age.
has_data() {
  [ "$PERSISTENT" = yes ] && [ ! -e "$INCOMPLETE" ] || return 1
  for file in "$REDIS_DIR"/appendonlydir/*; do
    [ ! -s "$file" ] || return 0
  done
  return 1
}

# render [MASTER]: this server's configuration, as master or as a replica of that address. It begins with priority 0: an
# empty replica that no one has filled must not be promoted; the keeper raises it when the first synchronisation is done.
render() {
  cat "$CONFIG_DIR/redis.conf" &&
    printf 'bind %s\nport %s\ndir %s\n' "$BIND" "$REDIS_PORT" "$(quoted "$REDIS_DIR")" &&
    printf 'replica-announce-ip %s\nreplica-announce-port %s\n' "$ME" "$REDIS_PORT" &&
    admission && printf 'masterauth %s\n' "$(quoted "$PASSWORD")" &&
    printf 'replica-priority 0\n' &&
    # Nothing is logged to syslog: its name is where the other servers can read how far a candidate had come.
    printf 'syslog-enabled no\nsyslog-ident position/%s\n' "$CARD" &&
    if [ $# -gt 0 ]; then printf 'replicaof %s %s\n' "$1" "$REDIS_PORT"; fi
}

# start [MASTER]
start() {
  rm -f "$CONFIG"
  render "$@" >"$CONFIG" || fail "volume: $CONFIG cannot be written; nothing was started"
  rm -f "$WAITING_FILE"
  unset PASSWORD OTHER_PASSWORD SECRET
  rm -f "$END_SERVER" "$SEEN_AS_MASTER"
  mkfifo "$END_SERVER" || fail "volume: $END_SERVER cannot be made; nothing was started"
  launch "$ENGINE-server" "$CONFIG"
  heed_keeper &
  heeding=$!
  outlast
  kill "$heeding" 2>/dev/null || :
  say "ended status=$STATUS"
  exit "$STATUS"
}

# heed_keeper: the keeper is in another container, and cannot signal this one's processes (keeper-hang.sh).
heed_keeper() {
  read -r reason <"$END_SERVER"
  say "kill $reason" # before it, as the container ends with it
  kill -KILL "$SERVER_PID"
}

start_master() {
  say "start-master epoch=$EPOCH $*"
  rm -f "$INCOMPLETE" "$ABANDONED" "$PROMOTE"
  start
}

start_replica() {
  say "start-replica master=$MASTER epoch=$EPOCH"
  has_data || : >"$INCOMPLETE"
  rm -f "$ABANDONED" "$PROMOTE" "$FIRST_START"
  start "$MASTER"
}

# start_candidate: the last master does not return. Serve no one, but let the others see how far this server had come; the
# keepers of a majority then promote the one that came furthest (or this one, where a person said so).
start_candidate() {
  if has_data; then CARD=$(position "$REDIS_DIR/appendonlydir"); fi
  say "start-candidate master=$MASTER epoch=$EPOCH card=$CARD $*"
  : >"$ABANDONED"
  start "$MASTER"
}

# lasted SECONDS SINCE: has it gone on for so long? An empty SINCE has not begun.
lasted() {
  [ -n "$2" ] && [ "$(($(now) - $2))" -ge "$1" ]
}

# peers: asks the other servers. Sets PEER_MASTER, one that is master; PROMOTABLE, one that may be promoted: a replica with a
# priority above 0; SILENT, one that neither answers nor refuses the connection, so that it may be either; and REFUSING, those
# that refuse the password, so that they are up and may be either.
peers() {
  ask_all server "$REDIS_PORT" "$OTHERS" INFO replication
  PEER_MASTER=
  PROMOTABLE=
  SILENT=
  REFUSING=$(refusing server "$OTHERS")
  for other in $OTHERS; do
    answer=$RUN_DIR/$PROGRAM.server.$other
    [ -s "$answer" ] || grep -q 'Connection refused' "$answer.error" || SILENT=$other
    case $(field role <"$answer") in
      master) PEER_MASTER=$other ;;
      slave)
        priority=$(field slave_priority <"$answer")
        [ "${priority:-0}" = 0 ] || PROMOTABLE=$other
        ;;
    esac
  done
}

# is_first_start: nothing was ever stored in this topology; or this server has said so before, and ended before it had a file.
is_first_start() {
  [ "$ORDINAL" = 0 ] && { [ "$EPOCH" = 0 ] || { [ "$EPOCH" = 1 ] && [ "$PERSISTENT" = yes ] && [ -e "$FIRST_START" ]; }; }
}

# first_start: a majority of the Sentinels must hold epoch 1 on disk before there is a master that takes writes. Were it noted
# later, a stop of all in between, with this server's volume lost, would be taken for a first start once more.
first_start() {
  if [ "$EPOCH" = 0 ]; then
    : >"$FIRST_START" || fail "volume: $FIRST_START cannot be written; nothing was started"
  fi
  if [ "$EPOCH" = 0 ] || [ "$VOTES" -lt "$SENTINEL_MAJORITY" ]; then
    HEIR=$ME
    NEW_EPOCH=1
    tell_sentinels 0
    wait "$ANNOUNCING" || :
    ask_all flush "$SENTINEL_PORT" "$SENTINEL_ADDRESSES" SENTINEL FLUSHCONFIG
    named_by "$SENTINEL_ADDRESSES"
  fi
  if [ "$EPOCH" = 1 ] && [ "$MASTER" = "$ME" ] && [ "$VOTES" -ge "$SENTINEL_MAJORITY" ]; then
    start_master "reason=first-start"
  fi
  waiting "$VOTES Sentinels have noted the first start, $SENTINEL_MAJORITY must"
}

as_named_master() {
  peers
  [ -n "$SILENT" ] || silent_since=
  [ -z "$PROMOTABLE$PEER_MASTER" ] && ! has_data || empty_since=
  if [ -n "$PEER_MASTER" ]; then
    waiting "another server is master: $PEER_MASTER; the Sentinels have yet to agree on it (epoch $EPOCH)"
  elif [ -n "$PROMOTABLE" ]; then
    waiting "not listening, so that the Sentinels promote a replica that has the data: $PROMOTABLE (epoch $EPOCH)"
  elif [ -n "$REFUSING" ]; then
    waiting "servers $PASSWORD_UNDER_WAY: $REFUSING"
  elif [ -n "$SILENT" ] && ! lasted "$SILENT_FOR" "${silent_since:=$(now)}"; then
    waiting "no answer from $SILENT, which may be promotable; for $SILENT_FOR s at the most"
  elif has_data; then
    start_master "reason=no-other-has-the-data"
  elif is_first_start; then
    first_start
  elif [ -e "$PROMOTE" ]; then
    start_master "reason=ordered-by-promote.sh loss=all-that-only-other-servers-hold"
  elif [ "$WHEN_EMPTY" = start ]; then
    empty_since=${empty_since:-$(now)}
    if lasted "$WHEN_EMPTY_AFTER" "$empty_since"; then start_master "reason=nobody-has-data after=${WHEN_EMPTY_AFTER}s"; fi
    waiting "this master has lost its data and no other server has any; it starts empty after $WHEN_EMPTY_AFTER s"
  else
    waiting "this master has lost its data and no server that has any is up; a majority of the others goes on without it after $WHEN_ABANDONED_AFTER s. If all have lost theirs: kubectl exec $POD_NAME -c redis -- sh $CONFIG_DIR/promote.sh"
  fi
}

as_another() {
  if [ "$(role "$MASTER")" = master ]; then start_replica; fi
  peers
  if [ -n "$PEER_MASTER$PROMOTABLE" ]; then
    # The Sentinels have someone to promote, or have just done so.
    abandoned_since=
    waiting "master $MASTER does not answer as master: a failover is under way (epoch $EPOCH)"
    return
  fi
  if [ -n "$REFUSING" ] && [ ! -e "$PROMOTE" ]; then
    abandoned_since=
    waiting "servers $PASSWORD_UNDER_WAY: $REFUSING"
    return
  fi
  abandoned_since=${abandoned_since:-$(now)}
  if [ -e "$PROMOTE" ]; then start_candidate "reason=ordered-by-promote.sh"; fi
  if lasted "$WHEN_ABANDONED_AFTER" "$abandoned_since"; then start_candidate "reason=master-away after=${WHEN_ABANDONED_AFTER}s"; fi
  waiting "the last master $MASTER is not back and no server may be promoted; after $WHEN_ABANDONED_AFTER s the one that came furthest is"
}

await_password
writable "$REDIS_DIR"
locate
# shellcheck disable=SC2086 # a list is words
ME=$(nth "$ORDINAL" $SERVER_ADDRESSES)
[ -n "$ME" ] || fail "ordinal $ORDINAL has no place among the $SERVER_COUNT servers: $SERVERS"
rm -f "$RUN_DIR/handing-over" # of a hook that was killed
# Without persistence a server would still load the file that a full synchronisation once left behind.
[ "$PERSISTENT" = yes ] || rm -f "$REDIS_DIR/dump.rdb"
OTHERS=$(without "$ME" "$SERVER_ADDRESSES")
CARD=0/0/0 # no data
empty_since=
silent_since=
abandoned_since=

while :; do
  load_password # it may change meanwhile
  named_by "$SENTINEL_ADDRESSES"
  if [ "$ANSWERED" -lt "$SENTINEL_MAJORITY" ]; then
    abandoned_since=
    REFUSING=$(refusing sentinel "$SENTINEL_ADDRESSES")
    waiting "$ANSWERED of $SENTINEL_COUNT Sentinels answer, $SENTINEL_MAJORITY must${REFUSING:+; some $PASSWORD_UNDER_WAY: $REFUSING}"
  elif [ -z "$MASTER" ]; then
    waiting "the Sentinels name two masters in epoch $EPOCH"
  elif [ "$MASTER" = "$ME" ]; then
    as_named_master
  else
    as_another
  fi
  sleep 0.5
done
