#!/bin/sh
# free-disk.sh: takes away what fill-disk.sh has written.
set -eu
rm -f "$DATA_DIR/filler"
