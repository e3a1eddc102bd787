#!/bin/sh
# leftovers.sh: lists the files that a server makes while it rewrites or copies, which are of no use once it has ended.
set -eu
find "$DATA_DIR/redis" -name 'temp-*'
