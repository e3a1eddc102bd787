# The keeper's part when the last master does not return after a stop of all servers, and nobody may be promoted: each server
# then runs as a candidate (redis-start.sh), serving no one, and the one that came furthest among a majority is promoted.
#
# In a strict topology it must be certain that it has every write that WAIT confirmed. Each of them is on the master and on half of the servers, so
# on one at least of any majority of the others: then a majority has to know its position exactly (position.sh), in the newest
# reign that the Sentinels know of. Where that cannot be had, it waits for a person (promote.sh).
# shellcheck shell=sh

STAND_FOR=10 # seconds that a candidate waits for those that start later

# stand: the election among candidates. All see the same cards, so all come to the same answer; the one that it names asks
# for its own promotion.
stand() {
  if [ -e "$PROMOTE" ]; then
    promote_me "reason=ordered-by-promote.sh"
    return
  fi
  named_by "$SENTINEL_ADDRESSES"
  ask_all card "$REDIS_PORT" "$SERVER_ADDRESSES" CONFIG GET syslog-ident
  # shellcheck disable=SC2046 # file names, then words
  set -- $(awk '
      FNR == 2 && split($0, card, "/") == 4 {
        cards++
        if (card[2] > 0) exact++
        ahead = card[2] - epoch
        if (!ahead) ahead = card[3] - offset
        if (!ahead) ahead = card[4] - bytes
        if (!best || ahead > 0) { best = FILENAME; epoch = card[2] + 0; offset = card[3] + 0; bytes = card[4] + 0 }
      }
      END { sub(/.*\.card\./, "", best); print cards + 0, exact + 0, epoch + 0, offset + 0, bytes + 0, best }
    ' $(answers card "$SERVER_ADDRESSES"))
  standing=$((standing + 1))
  if [ "$1" -lt "$SERVER_MAJORITY" ]; then
    waiting "$1 of $SERVER_COUNT servers are up as candidates, $SERVER_MAJORITY must"
  elif [ "$WHEN_ABANDONED" = promote-if-certain ] && { [ "$2" -lt "$SERVER_MAJORITY" ] || [ "$3" -lt "$EPOCH" ]; }; then
    waiting "who has every confirmed write is not certain ($2 of $SERVER_COUNT servers know exactly how far they had come, $SERVER_MAJORITY must; the newest in epoch $3, the Sentinels know of $EPOCH): bring the last master back, or give up what only others have: kubectl exec $POD_NAME -c redis -- sh $CONFIG_DIR/promote.sh"
  elif [ "$standing" -ge "$STAND_FOR" ] && [ "$6" = "$ME" ]; then
    promote_me "reason=came-furthest epoch=$3 offset=$4 bytes=$5 of=$1 loss=what-only-servers-that-are-away-hold"
  fi
}

promote_me() {
  set_priority "$PRIORITY" "$1"
  if ask_sentinel "$NEAREST" SENTINEL FAILOVER "$MASTER_NAME" >/dev/null; then say "promotion-asked $1"; fi
}
