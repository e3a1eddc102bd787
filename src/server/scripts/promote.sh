#!/bin/sh
# promote.sh: a person's word that this server is to be the master, although another may have newer data that is then lost.
# For the two cases that are not decided by themselves: no server has data any more, which may be meant to last; or the last
# master does not come back, and in a strict topology it is not certain who has every confirmed write.
#   kubectl exec POD -c redis -- sh /etc/redis-sentinel/config/promote.sh
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=signs.sh
. "${0%/*}/signs.sh"

load_password
located
for address in $SERVER_ADDRESSES; do
  [ "$(role "$address")" != master ] ||
    fail "$address is master: nothing to promote; for a planned switch delete its pod, the hand-over loses nothing"
done
is_waiting redis-start || [ -e "$ABANDONED" ] ||
  fail "the server of this pod is not waiting to start (see its log); nothing was done"
: >"$PROMOTE"
say "promote pod=$POD_NAME: ordered; follow the logs of this pod's redis and keeper"
