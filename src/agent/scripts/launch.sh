#!/bin/sh
# launch.sh redis | sentinel: starts that server when the agent says so, passes signals on to it, and decides nothing. While
# the agent is away nothing new starts, and nothing that runs is disturbed.
# Orders are lines on the pipe PART.orders, `start TOKEN` and `kill TOKEN`; those for an earlier life have another token.
set -eu
umask 077
at=$RUN_DIR/$1
case $1 in
  redis) set -- "$ENGINE-server" "$RUN_DIR/redis.conf" ;;
  sentinel) set -- "$ENGINE-server" "$DATA_DIR/sentinel/sentinel.conf" --sentinel ;;
esac

# await ORDER: in the background, as a signal interrupts `wait`, but not every shell's `read`.
await() { while read -r line <&3; do [ "$line" != "$1 $token" ] || return 0; done; }

# Process 1 of a container ignores every signal that it has no handler for.
trap 'kill "${reader:-}" 2>/dev/null || :; exit 143' TERM INT
[ -p "$at.orders" ] || mkfifo "$at.orders"
exec 3<>"$at.orders" # for both ways, so that it never ends
read -r token </proc/sys/kernel/random/uuid
rm -f "$at.running"
printf '%s\n%s\n' "$token" "$("$1" --version)" >"$at.new"
mv "$at.new" "$at.waiting"
await start &
reader=$!
wait "$reader"

mv "$at.waiting" "$at.running"
"$@" 3<&- &
server=$!
# A server that writes its first append-only file refuses to stop, and goes on: it is told again.
trap 'while kill -TERM "$server" 2>/dev/null; do sleep 1; done &' TERM INT
{ await kill && kill -KILL "$server"; } &
reader=$!
status=0
wait "$server" || status=$?
while kill -0 "$server" 2>/dev/null; do # a signal had interrupted the wait
  status=0
  wait "$server" || status=$?
done
kill "$reader" 2>/dev/null || :
printf '%s %s\n' "$token" "$status" >"$at.new"
mv "$at.new" "$at.ended"
rm -f "$at.running"
exit "$status"
