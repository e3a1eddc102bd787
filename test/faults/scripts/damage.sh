#!/bin/sh
# damage.sh: overwrites 4 KiB in the middle of the append-only file that is written to, as a bad sector does. A server that runs
# does not notice, as it only appends.
set -eu
# The newest one: while a rewrite goes on, there are two.
for file in "$DATA_DIR"/redis/appendonlydir/*.incr.aof; do last=$file; done
bytes=$(wc -c <"$last")
blocks=$((bytes / 4096))
[ "$blocks" -ge 3 ] || { echo "damage.sh: $last has $bytes bytes only" >&2; exit 1; }
head -c 4096 /dev/zero | tr '\000' '?' | dd of="$last" bs=4096 seek=$((blocks / 2)) conv=notrunc 2>/dev/null
echo "damage.sh: 4096 of the $bytes bytes of $last" >&2
