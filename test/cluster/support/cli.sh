#!/bin/sh
# cli.sh: comes before each script that asks a server or Sentinel of its pod, and after a line that sets PASSWORD (empty where
# there is none): `cli ARGUMENT…` is the engine's client, with the password, and over TLS where the pod has it.
set -eu
if [ -n "$PASSWORD" ]; then export REDISCLI_AUTH="$PASSWORD" VALKEYCLI_AUTH="$PASSWORD"; fi
ca=$(sed -n 's/^tls-ca-cert-file "\(.*\)"$/\1/p' "$RUN_DIR/redis.conf")
if [ -n "$ca" ]; then
  cli() { "$ENGINE-cli" -e --tls --cacert "$ca" "$@"; }
else
  cli() { "$ENGINE-cli" -e "$@"; }
fi
