# The keeper's part when its server has died and the Sentinels still name it master: rather than let down-after go by, it
# asks a Sentinel for the failover at once. Nobody can be hurt by it: the server is dead (its port refuses), and the guard
# (redis-start.sh) does not let it listen again as long as a replica may be promoted.
# shellcheck shell=sh

# The Sentinel's choice goes by the offsets in the replicas' last INFO. They may be from before the crash, so that a replica
# that lacks the last writes looks as good as one that has them; unless all are equal, a newer INFO is waited for.
CRASH_INFO_WAIT=25 # tenths of a second: two INFO periods and a half

# server_refuses: no process listens. A server that only hangs, or that is cut off, is not this script's business.
server_refuses() {
  ask "$LOCAL" "$REDIS_PORT" PING 2>&1 | grep -q 'Connection refused'
}

# heirs: asks the replicas. Sets HEIRS, those that may be promoted, and OFFSETS, one line for each different offset; fails
# while one of them has not read all that the dead master had sent: its link is down only after the last byte.
heirs() {
  ask_all heir "$REDIS_PORT" "$OTHERS" INFO replication
  HEIRS=
  OFFSETS=
  for other in $OTHERS; do
    answer=$RUN_DIR/$PROGRAM.heir.$other
    [ "$(field role <"$answer")" = slave ] || continue
    priority=$(field slave_priority <"$answer")
    [ "${priority:-0}" != 0 ] || continue
    [ "$(field master_link_status <"$answer")" = down ] || return 1
    HEIRS="$HEIRS $other"
    OFFSETS="$OFFSETS $(field slave_repl_offset <"$answer")"
  done
  # shellcheck disable=SC2086 # a list is words
  OFFSETS=$(printf '%s\n' $OFFSETS | sort -u)
}

# informed TENTHS: the Sentinel has had an INFO of each heir in the last TENTHS of a second.
informed() {
  ask_sentinel "$NEAREST" SENTINEL REPLICAS "$MASTER_NAME" | awk -v heirs=" $HEIRS " -v limit="$(($1 * 100))" '
    key == "ip" { heir = index(heirs, " " $0 " ") }
    heir && key == "info-refresh" && $0 + 0 >= limit { old = 1 }
    { key = $0 }
    END { exit old }'
}

as_gone() {
  server_refuses || return 0
  named=$(ask_sentinel "$NEAREST" SENTINEL GET-MASTER-ADDR-BY-NAME "$MASTER_NAME" | head -n 1)
  [ "$named" = "$ME" ] || return 0
  until heirs; do
    server_refuses || return 0
    sleep 0.05
  done
  [ -n "$HEIRS" ] || return 0
  tenths=0
  case $OFFSETS in
    *[!0-9]*)
      until informed "$tenths" || [ "$tenths" -ge "$CRASH_INFO_WAIT" ]; do
        sleep 0.1
        tenths=$((tenths + 1))
      done
      ;;
  esac
  if ask_sentinel "$NEAREST" SENTINEL FAILOVER "$MASTER_NAME" >/dev/null; then
    say "failover-asked reason=server-gone heirs:$HEIRS waited=${tenths}00ms"
  fi
}
