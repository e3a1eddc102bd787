#!/bin/sh
# promote.sh: what the topology's documentation tells a person to run.
set -eu
exec sh "$CONFIG_DIR/promote.sh"
