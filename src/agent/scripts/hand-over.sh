#!/bin/sh
# hand-over.sh: the preStop hook of the server. The agent hands over to a replica, and SIGTERM follows in any case: 35 s of the
# grace period are the server's, to wait for its replicas and for the disk.
set -eu
at=$RUN_DIR/hand-over
[ -e "$RUN_DIR/redis.running" ] || exit 0
uptime() { read -r seconds _ </proc/uptime && seconds=${seconds%.*}; }
uptime
end=$((seconds + GRACE - 35))
rm -f "$at.done"
: >"$at.asked"
while uptime && [ "$seconds" -lt "$end" ] && [ ! -e "$at.done" ] && [ -e "$RUN_DIR/redis.running" ]; do
  sleep 0.1
done
rm -f "$at.asked" "$at.done"
