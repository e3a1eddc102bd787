# The keeper's part when its server has died and the Sentinels still name it master: rather than let down-after go by, it
# switches to a replica at once. Nobody can be hurt by it: the server is dead (its port refuses), the guard (redis-start.sh)
# does not let it listen again as long as a replica may be promoted, and a majority of the Sentinels must agree.
# shellcheck shell=sh

# server_refuses: no process listens. A server that only hangs, or that is cut off, is not this script's business.
server_refuses() {
  ask "$LOCAL" "$REDIS_PORT" PING 2>&1 | grep -q 'Connection refused'
}

# best_heir: asks the replicas. Sets HEIR to the one that has read most of what the dead master sent, of several the first;
# empty when none may be promoted. Fails while one of them still reads: its link is down only after the last byte.
best_heir() {
  ask_all heir "$REDIS_PORT" "$OTHERS" INFO replication
  HEIR=
  best=-1
  for other in $OTHERS; do
    answer=$RUN_DIR/$PROGRAM.heir.$other
    [ "$(field role <"$answer")" = slave ] || continue
    priority=$(field slave_priority <"$answer")
    [ "${priority:-0}" != 0 ] || continue
    [ "$(field master_link_status <"$answer")" = down ] || return 1
    offset=$(field slave_repl_offset <"$answer")
    if [ "${offset:-0}" -gt "$best" ]; then
      HEIR=$other
      best=$offset
    fi
  done
}

as_gone() {
  server_refuses || return 0
  named=$(ask_sentinel "$NEAREST" SENTINEL GET-MASTER-ADDR-BY-NAME "$MASTER_NAME" | head -n 1)
  [ "$named" = "$ME" ] || return 0
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    if best_heir; then break; fi
    sleep 0.05
  done
  [ -n "$HEIR" ] && server_refuses || return 0
  if switch_to_heir; then
    say "switched to=$HEIR epoch=$NEW_EPOCH offset=$best reason=server-gone"
  elif ask_sentinel "$NEAREST" SENTINEL FAILOVER "$MASTER_NAME" >/dev/null; then
    say "failover-asked reason=server-gone"
  fi
}
