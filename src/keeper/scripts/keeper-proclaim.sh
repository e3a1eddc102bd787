# The keeper's part when a Sentinel has just promoted its server: it tells all Sentinels at once. The one that was elected
# finds out itself with its next INFO, which is up to a second later, and until then no client is told.
#
# Nothing is decided here. A majority has voted for that Sentinel in one epoch, and it says itself that this server is the
# one it has promoted in the failover that it is at: what is announced is what it would announce.
# shellcheck shell=sh disable=SC2034 # HEIR is for switch.sh

# elected_for MASTER: the votes that are given already; epoch 0 asks for none. Sets ELECTOR and NEW_EPOCH; fails where no
# majority has voted for one Sentinel in one epoch.
elected_for() {
  ask_enough "$SENTINEL_MAJORITY" given "$SENTINEL_PORT" "$SENTINEL_ADDRESSES" \
    SENTINEL IS-MASTER-DOWN-BY-ADDR "$1" "$REDIS_PORT" 0 nobody
  # shellcheck disable=SC2046 # two words
  set -- $(
    # shellcheck disable=SC2046 # file names
    awk -v majority="$SENTINEL_MAJORITY" '
      FNR == 2 { leader = $0 }
      FNR == 3 && leader != "*" && ++votes[leader " " $0] == majority { print leader, $0; exit }' $(given))
  NEW_EPOCH=${2:-0}
  [ "$NEW_EPOCH" -gt 0 ] || return 1
  ELECTOR=0
  while [ "$ELECTOR" -lt "$SENTINEL_COUNT" ]; do
    [ "$(identity "$ELECTOR")" != "$1" ] || return 0
    ELECTOR=$((ELECTOR + 1))
  done
  return 1
}

# given: the files of those that have answered.
given() {
  for file in $(answers given "$SENTINEL_ADDRESSES"); do
    [ ! -s "$file" ] || printf '%s\n' "$file"
  done
}

# proclaim OLD_MASTER
proclaim() {
  elected_for "$1" || return 0
  # shellcheck disable=SC2086 # a list is words
  case $(flags_of "$ME" "$(nth "$ELECTOR" $SENTINEL_ADDRESSES)") in
    *promoted*) ;;
    *) return 0 ;;
  esac
  HEIR=$ME
  announce_heir
  say "proclaimed epoch=$NEW_EPOCH elected=$ELECTOR old-master=$1"
  switch_done
}
