#!/bin/sh
# plain-handover.sh: the hook as many charts have it, to be put in the place of redis-handover.sh: it asks a Sentinel for its
# FAILOVER, and the old master goes on to acknowledge writes until it is demoted.
# shellcheck source=../../../src/server/scripts/lib.sh
. "${0%/*}/lib.sh"

load_password
[ "$(role "$LOCAL")" = master ] || exit 0
located
ask_sentinel "$NEAREST" SENTINEL FAILOVER "$MASTER_NAME" >/dev/null || :
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  [ "$(role "$LOCAL")" = master ] || exit 0
  sleep 0.5
done
