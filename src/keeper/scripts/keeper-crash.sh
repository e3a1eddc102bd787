# The keeper's part when its server has died and the Sentinels still name it master: rather than let down-after go by, it
# switches to a replica at once. Nobody can be hurt by it: the server is dead (its port refuses), the guard (redis-start.sh)
# does not let it listen again as long as a replica may be promoted, and a majority of the Sentinels must agree.
# shellcheck shell=sh

# server_refuses: no process listens. A server that only hangs, or that is cut off, is not this script's business.
server_refuses() {
  ask "$LOCAL" "$REDIS_PORT" PING 2>&1 | grep -q 'Connection refused'
}

PATIENT_SECONDS=2 # for a replica that is slow, and may know more than the others

# best_heir SERVERS [LINKED]: asks these servers. Sets HEIR to the one that has read most of what the old master sent, of several
# one that is not slow, and the first; empty when none may be promoted. Fails while that cannot be known: with 1 while one
# still reads (its link is down only after the last byte of a dead master; with LINKED it does not matter), with 2 while one is
# silent that may be the only one to have confirmed a write.
best_heir() {
  ask_all heir "$REDIS_PORT" "$1" INFO replication
  HEIR=
  best=-1
  for other in $1; do
    answer=$RUN_DIR/$PROGRAM.heir.$other
    if [ ! -s "$answer" ] && ! is_gone "$other"; then
      HEIR=
      slow="$slow $other "
      return 2
    fi
    [ "$(field role <"$answer")" = slave ] || continue
    priority=$(field slave_priority <"$answer")
    [ "${priority:-0}" != 0 ] || continue
    if [ -z "${2:-}" ] && [ "$(field master_link_status <"$answer")" != down ]; then
      HEIR=
      return 1
    fi
    offset=$(field slave_repl_offset <"$answer")
    if [ "${offset:-0}" -gt "$best" ] || { [ "${offset:-0}" = "$best" ] && is_slow "$HEIR" && ! is_slow "$other"; }; then
      HEIR=$other
      best=$offset
    fi
  done
}

# is_slow SERVER: it did not answer the first question.
is_slow() {
  case $slow in
    *" $1 "*) return 0 ;;
    *) return 1 ;;
  esac
}

# is_gone SERVER: nothing listens there, or the Sentinel has held it for down for as long as down-after.
is_gone() {
  ! grep -q 'Connection refused' "$RUN_DIR/$PROGRAM.heir.$1.error" || return 0
  case $(flags_of "$1" "$NEAREST") in
    *down*) return 0 ;;
    *) return 1 ;;
  esac
}

as_gone() {
  server_refuses || return 0
  named=$(ask_sentinel "$NEAREST" SENTINEL GET-MASTER-ADDR-BY-NAME "$MASTER_NAME" | head -n 1)
  [ "$named" = "$ME" ] || return 0
  impatient=$ASK_SECONDS
  slow=
  deadline "$((DOWN_AFTER_MS / 1000 + 2))" # by then the Sentinels have done it
  until passed; do
    unknown=0
    best_heir "$OTHERS" || unknown=$?
    case $unknown in
      0) break ;;
      2) ASK_SECONDS=$PATIENT_SECONDS ;;
    esac
    sleep 0.05
  done
  # An order that a slow heir did not confirm in time it might still carry out, when nobody counts on it any more.
  is_slow "$HEIR" || ASK_SECONDS=$impatient
  if [ -n "$HEIR" ] && server_refuses; then
    hand_on
  fi
  ASK_SECONDS=$impatient
}

hand_on() {
  # Without an election it is the Sentinels' turn, after down-after: their FAILOVER now would go by offsets a second old.
  if elect "$ME" && switch_to_heir; then
    switch_done
    say "switched to=$HEIR epoch=$NEW_EPOCH offset=$best reason=server-gone"
  fi
}
