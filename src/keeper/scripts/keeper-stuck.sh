# The keeper's part when no failover succeeds although this replica could be promoted. A Sentinel does not promote a replica
# whose link has been down for longer than the time since it saw the master down itself, plus ten times down-after. One that
# saw it late (it had stalled, or was started meanwhile) then answers -failover-abort-no-good-slave for ever. A down-after
# above a tenth of the time that the link has been down lifts that bar; it is put back when a master is there again.
# shellcheck shell=sh

# An election that fails is tried again after twice failover-timeout; what is not over by then will not be.
STUCK_AFTER=$(((2 * FAILOVER_TIMEOUT_MS + DOWN_AFTER_MS) / 1000))
raised=unknown # a keeper that was restarted does not know

set_down_after() {
  for address in $SENTINEL_ADDRESSES; do
    ask_sentinel "$address" SENTINEL SET "$MASTER_NAME" down-after-milliseconds "$1" >/dev/null || :
  done
}

# unstick: while the link is down.
unstick() {
  down_for=$(printf '%s\n' "$INFO" | field master_link_down_since_seconds)
  [ "${down_for:-0}" -ge "$STUCK_AFTER" ] || return 0
  ask_sentinel "$NEAREST" SENTINEL MASTER "$MASTER_NAME" |
    awk 'key == "flags" { exit !/o_down/ } { key = $0 }' || return 0
  raised=$((down_for * 100 + DOWN_AFTER_MS))
  say "unstick link-down=${down_for}s down-after=${raised}ms reason=no-failover-in-${STUCK_AFTER}s"
  set_down_after "$raised"
}

# settle: a master is there.
settle() {
  [ -n "$raised" ] || return 0
  set_down_after "$DOWN_AFTER_MS"
  raised=
}
