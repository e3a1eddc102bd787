#!/bin/sh
# fill-disk.sh BYTES: fills the data volume, which must be smaller than that, to the last byte.
set -eu
if head -c "$1" /dev/zero >"$DATA_DIR/filler" 2>/dev/null; then
  rm -f "$DATA_DIR/filler"
  echo "fill-disk.sh: the volume is larger than $1 bytes" >&2
  exit 1
fi
