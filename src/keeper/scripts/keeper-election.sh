# The keeper's part when the last master does not return after a stop of all servers, and nobody may be promoted: each server
# then runs as a candidate (redis-start.sh), serving no one, and the one that came furthest among a majority is promoted.
# What only the missing servers hold is lost, which is why a strict topology waits for a person (promote.sh) instead.
# shellcheck shell=sh

STAND_FOR=10 # seconds that a candidate waits for those that start later

# stand: the election among candidates. All see the same cards, so all come to the same answer; the one that it names asks
# for its own promotion.
stand() {
  if [ -e "$PROMOTE" ]; then
    promote_me "reason=ordered-by-promote.sh"
    return
  fi
  ask_all card "$REDIS_PORT" "$SERVER_ADDRESSES" CONFIG GET syslog-ident
  # shellcheck disable=SC2046 # file names, then two words
  set -- $(awk '
      FNR == 2 && split($0, card, "/") == 3 {
        cards++
        if (!best || card[2] + 0 > epoch || (card[2] + 0 == epoch && card[3] + 0 > offset)) {
          best = FILENAME; epoch = card[2] + 0; offset = card[3] + 0
        }
      }
      END { sub(/.*\.card\./, "", best); print cards + 0, best, epoch + 0, offset + 0 }' $(answers card "$SERVER_ADDRESSES"))
  standing=$((standing + 1))
  if [ "$1" -lt "$SERVER_MAJORITY" ]; then
    say "standing answered=$1 of=$SERVER_COUNT needed=$SERVER_MAJORITY"
  elif [ "$standing" -ge "$STAND_FOR" ] && [ "$2" = "$ME" ]; then
    promote_me "reason=came-furthest epoch=$3 offset=$4 of=$1 loss=what-only-servers-that-are-away-hold"
  fi
}

promote_me() {
  set_priority "$PRIORITY" "$1"
  if ask_sentinel "$NEAREST" SENTINEL FAILOVER "$MASTER_NAME" >/dev/null; then say "promotion-asked $1"; fi
}
