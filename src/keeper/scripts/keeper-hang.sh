# The keeper's part when a strict master hangs: it is ended before another can be elected. Sentinels hold it for down after
# down-after; should it go on after that, it would answer what lies in its sockets before it learns of anything, and two
# masters would have accepted writes. What is dead does not go on; and its keeper then switches at once (keeper-crash.sh),
# which is sooner than down-after.
#
# The server gets as long as a replica may be silent in this topology (max-lag), which is at least a second less than
# down-after. A hang of this pod as a whole, keeper and all, is beyond it.
# shellcheck shell=sh disable=SC2034 # SILENT_SINCE is shared

HANG_MS=$((MAX_LAG * 1000))
SILENT_SINCE= # ms, when the first question was asked that the master has not answered

# coarse_time: BusyBox' `timeout` counts whole seconds, so all is noticed up to a second later.
coarse_time() {
  milliseconds
  began=$MS
  timeout 0.1 sleep 0.5 || :
  milliseconds
  [ "$((MS - began))" -ge 400 ]
}

# end_if_hung: since SILENT_SINCE there has been no answer. Waits for one until the time is over; fails when it came, or when
# nothing listens there any more.
end_if_hung() {
  rm -f "$RUN_DIR/keeper.asked"
  {
    ASK_SECONDS=$((HANG_MS / 1000 + 1))
    replies "$LOCAL" "$REDIS_PORT" || :
    : >"$RUN_DIR/keeper.asked"
  } &
  while milliseconds && [ "$((MS - SILENT_SINCE))" -lt "$HANG_MS" ]; do
    [ ! -e "$RUN_DIR/keeper.asked" ] || return 1
    sleep 0.05
  done
  [ ! -e "$RUN_DIR/keeper.asked" ] && [ -e "$SEEN_AS_MASTER" ] && [ -p "$END_SERVER" ] || return 1
  # Opened for both, so that it does not wait for a reader.
  printf 'reason=hung silent=%sms\n' "$((MS - SILENT_SINCE))" 1<>"$END_SERVER" &&
    say "ended-server silent=$((MS - SILENT_SINCE))ms limit=${HANG_MS}ms reason=it-hangs"
}
