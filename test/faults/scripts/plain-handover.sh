#!/bin/sh
# plain-handover.sh: the hook as many charts have it, to be put in the place of hand-over.sh: it asks the pod's Sentinel for its
# FAILOVER, and the old master goes on to acknowledge writes until it is demoted.
set -eu
IFS= read -r REDISCLI_AUTH <"$RUN_DIR/passwords"
export REDISCLI_AUTH VALKEYCLI_AUTH="$REDISCLI_AUTH"

# In a pod they listen everywhere; in a rehearsal at one address.
at=$(sed -n 's/^bind \([0-9.]*\)$/\1/p' "$RUN_DIR/redis.conf")
at=${at:-127.0.0.1}
port=$(sed -n 's/^port //p' "$RUN_DIR/redis.conf")
sentinel_port=$(sed -n 's/^port //p' "$DATA_DIR/sentinel/sentinel.conf")

is_master() {
  "$ENGINE-cli" -h "$at" -p "$port" ROLE | head -n 1 | grep -qx master
}

is_master || exit 0
master=$("$ENGINE-cli" -h "$at" -p "$sentinel_port" --raw SENTINEL MASTERS | sed -n 2p)
"$ENGINE-cli" -h "$at" -p "$sentinel_port" SENTINEL FAILOVER "$master" || :
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  is_master || exit 0
  sleep 0.5
done
