# The switch to a new master, for a hand-over and after a crash: both know the heir and that it has every write, so neither
# has to wait until a Sentinel finds out.
#
# What must be agreed on is agreed on in the Sentinels' own protocol. A majority of them elects the Sentinel nearest to this
# pod for a new epoch, as before any failover; so no two can be promoted in one epoch. Then the heir is promoted, the others
# follow it, and the Sentinels are told in the name of the elected one, as it would itself. They take it over at once.
# Measured on loopback, four writers: writes stood still for 0.2 s, against 0.3 to 1.2 s with Sentinel's FAILOVER.
# shellcheck shell=sh

REPLICAS=    # whoever follows this master, by its own word
AGREE_FOR=15 # seconds; a failover of Sentinel's own takes two

# switch_to_heir: after `elect`, HEIR becomes master. Fails when it could not be promoted; nothing has changed then.
switch_to_heir() {
  ask_server "$HEIR" REPLICAOF NO ONE >/dev/null || return 1
  announce_heir
}

# announce_heir: HEIR is master in NEW_EPOCH, for which the Sentinel of ordinal ELECTOR was elected. Whoever does not answer
# is not waited for: the elected Sentinel is told first, the rest at the same time.
announce_heir() {
  # A strict master takes no write before a replica follows it.
  ask_all follow "$REDIS_PORT" "$(without "$HEIR" "$(followers)")" REPLICAOF "$HEIR" "$REDIS_PORT" &
  following=$!
  tell_sentinels "$ELECTOR"
  MASTER=$HEIR
}

# tell_sentinels SENDER: that HEIR is master in NEW_EPOCH, in the name of the Sentinel of that ordinal. It is told first; the
# others are left to ANNOUNCING, to be waited for.
tell_sentinels() {
  # shellcheck disable=SC2086 # a list is words
  sender=$(nth "$1" $SENTINEL_ADDRESSES)
  ask_all announce "$SENTINEL_PORT" "$(without "$sender" "$SENTINEL_ADDRESSES")" PUBLISH __sentinel__:hello "$(hello "$1")" &
  ANNOUNCING=$!
  # No Sentinel takes a message from itself: it is told in the name of another.
  ask_sentinel "$sender" PUBLISH __sentinel__:hello "$(hello "$((($1 + 1) % SENTINEL_COUNT))")" >/dev/null || :
}

# followers: all other servers, and whoever else follows this one: in the midst of a change of their number this pod may not
# know them all yet.
followers() {
  seen=
  for address in $OTHERS $REPLICAS; do
    case " $seen " in
      *" $address "*) ;;
      *) seen="$seen $address" ;;
    esac
  done
  printf '%s\n' "$seen"
}

# replicas: the addresses of a master's replicas, from its INFO replication on standard input.
replicas() {
  awk -F '[=,]' '/^slave[0-9]+:/ { print $2 }'
}

# switch_done: waits for what announce_heir began.
switch_done() {
  wait "$following" "$ANNOUNCING" || :
}

# deadline SECONDS / passed: limits the step at hand.
deadline() { DEADLINE=$(($(now) + $1)); }
passed() { [ "$(now)" -ge "$DEADLINE" ]; }

# elect OLD_MASTER: has the Sentinels vote for the nearest one in an epoch that none has voted in, as a Sentinel asks for votes
# before a failover. Sets ELECTOR and NEW_EPOCH; fails without a majority, and where a Sentinel is at a failover of its own.
elect() {
  ELECTOR=$((ORDINAL % SENTINEL_COUNT)) # the place of NEAREST
  NEW_EPOCH=2                           # 1 belongs to the first start (sentinel-start.sh)
  for _ in 1 2 3 4 5; do
    named_by "$SENTINEL_ADDRESSES"
    [ "$MASTER" = "$1" ] || return 1
    # Asked anew before each vote: the later epoch that some have voted in may be that of a failover which goes on.
    # shellcheck disable=SC2046 # file names
    ! grep -q failover_in_progress $(answers sentinel "$SENTINEL_ADDRESSES") || return 1
    [ "$NEW_EPOCH" -gt "$EPOCH" ] || NEW_EPOCH=$((EPOCH + 1))
    ask_all vote "$SENTINEL_PORT" "$SENTINEL_ADDRESSES" \
      SENTINEL IS-MASTER-DOWN-BY-ADDR "$1" "$REDIS_PORT" "$NEW_EPOCH" "$(identity "$ELECTOR")"
    # shellcheck disable=SC2046 # file names, then two words
    set -- "$1" $(awk -v elector="$(identity "$ELECTOR")" -v epoch="$NEW_EPOCH" '
        FNR == 2 { leader = $0 }
        FNR == 3 { if (leader == elector && $0 == epoch) votes++; if ($0 + 0 > newest) newest = $0 + 0 }
        END { print votes + 0, newest + 0 }' $(answers vote "$SENTINEL_ADDRESSES"))
    [ "$2" -lt "$SENTINEL_MAJORITY" ] || return 0
    # Some have voted in a later epoch; where none has, votes are missing because Sentinels are.
    [ "$3" -ge "$NEW_EPOCH" ] || return 1
    NEW_EPOCH=$(($3 + 1))
  done
  return 1
}

# hello SENDER: Sentinel's message that the heir is master in the new epoch, in the name of the one of that ordinal.
hello() {
  # shellcheck disable=SC2086 # a list is words
  printf '%s,%s,%s,%s,%s,%s,%s,%s' "$(nth "$1" $SENTINEL_ADDRESSES)" "$SENTINEL_PORT" "$(identity "$1")" "$NEW_EPOCH" \
    "$MASTER_NAME" "$HEIR" "$REDIS_PORT" "$NEW_EPOCH"
}

# switched: a majority of the Sentinels names another, which is master. Sets MASTER.
switched() {
  named_by "$SENTINEL_ADDRESSES"
  [ "$VOTES" -ge "$SENTINEL_MAJORITY" ] && [ -n "$MASTER" ] && [ "$MASTER" != "$ME" ] &&
    [ "$(role "$MASTER")" = master ]
}

# agreed: the same, waited for.
agreed() {
  deadline "$AGREE_FOR"
  until switched; do
    if passed; then return 1; fi
    sleep 0.1
  done
}

# by_sentinel: the slow way, asked for again where a Sentinel has given up.
by_sentinel() {
  deadline "$AGREE_FOR"
  until passed; do
    ask_sentinel "$NEAREST" SENTINEL FAILOVER "$MASTER_NAME" >/dev/null || :
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      if switched; then return 0; fi
      sleep 0.2
    done
  done
  return 1
}
