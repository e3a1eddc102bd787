#!/bin/sh
# keeper-probe.sh: the keeper has gone round its loop within the last 30 s (it does every second).
# shellcheck source=../../server/scripts/lib.sh
. "${0%/*}/lib.sh"

beat=$(cat "$RUN_DIR/keeper.beat" 2>/dev/null) || beat=0
[ "$(($(now) - beat))" -lt 30 ] || is_waiting keeper
