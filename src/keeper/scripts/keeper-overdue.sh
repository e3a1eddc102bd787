# The keeper's part when the Sentinels agree that the master is down, and none of them begins a failover: whoever has voted in
# one, or has tried one in vain, waits for twice failover-timeout before the next, though the master may have come back in
# between and have died again. Votes are given all the same. So the keeper of the replica that came furthest has them elect,
# as after a crash (switch.sh), and promotes its own server.
#
# What must be true is what Sentinel itself goes by: a quorum holds the master for down, and a majority elects. A strict master
# that is cut off has stopped to accept writes by then (max-lag is shorter than down-after).
# shellcheck shell=sh disable=SC2034,SC2154 # `slow` and `best` are of keeper-crash.sh

OVERDUE_MS=1000 # a Sentinel that may begin does so at the moment when a quorum agrees
DOWN_SINCE=     # ms, when the nearest Sentinel was first seen to say so

# overdue: this server is a replica; its master, FOLLOWED, may be down.
overdue() {
  case $(ask_sentinel "$NEAREST" SENTINEL MASTER "$MASTER_NAME" | awk 'key == "flags" { print } { key = $0 }') in
    *failover_in_progress*) DOWN_SINCE= ;;
    *o_down*)
      milliseconds
      DOWN_SINCE=${DOWN_SINCE:-$MS}
      [ "$((MS - DOWN_SINCE))" -lt "$OVERDUE_MS" ] || begin_overdue
      ;;
    *) DOWN_SINCE= ;;
  esac
}

begin_overdue() {
  slow=
  best_heir "$(without "$FOLLOWED" "$SERVER_ADDRESSES")" linked || return 0
  # shellcheck disable=SC2046 # file names
  [ "$HEIR" = "$ME" ] && ! grep -q '^role:master' $(answers heir "$SERVER_ADDRESSES") 2>/dev/null || return 0
  if elect "$FOLLOWED" && switch_to_heir; then
    switch_done
    say "switched to=$HEIR epoch=$NEW_EPOCH offset=$best reason=failover-overdue old-master=$FOLLOWED"
  fi
}
