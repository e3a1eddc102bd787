#!/bin/sh
# put-aside.sh: lists what a pod keeps of data that could not be read.
set -eu
find "$DATA_DIR" -name '*.damaged'
