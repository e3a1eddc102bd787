# A Sentinel that spins is told to connect anew.
#
# While a pod is away its Service has no endpoint, and a connection to it is rejected by an ICMP message. Linux keeps that
# message at the socket. When the pod is back before the connection is given up, its next SYN succeeds; the socket is then
# reported to have an error for as long as it lives, nobody fetches that error, and the Sentinel does nothing but ask again
# whether there is anything new: it takes a whole processor, its own and the servers' on that node. Seen on Linux 6.18 with
# Redis 8.0.2 and Valkey 8.1.1, after most replacements of a pod.
#
# The same while the pod is still away, for as long as such a connection is being tried. Two Sentinels that spin leave the
# servers and the clients of a small machine next to nothing: the longest gaps of a hand-over were in these seconds.
#
# A Sentinel otherwise takes some 2 % of a processor. Its links are all made anew when a password is set, the same one too;
# that takes a tenth of a second, far less than down-after. One that is busy for another reason is not to spend its time on
# that: where it did not help, the next time is twice as far away.
# shellcheck shell=sh

CALM_LOOK=1         # seconds
CALM_LOOK_LONGEST=8 # seconds
CALM_SHARE=25       # per cent of a processor

# cpu_time: sets CPU_MS, of the Sentinel since its start. The kernel counts in hundredths of a second.
cpu_time() {
  { read -r stat <"/proc/$SERVER_PID/stat"; } 2>/dev/null || return 1
  # What follows the program's name, which may hold spaces, from the process' state on.
  # shellcheck disable=SC2086 # fields are words
  set -- ${stat##*) }
  CPU_MS=$(((${12} + ${13}) * 10))
}

keep_calm() {
  look=$CALM_LOOK
  while cpu_time; do
    milliseconds
    cpu_before=$CPU_MS
    looked=$MS
    sleep "$look"
    cpu_time || return 0
    milliseconds
    share=$(((CPU_MS - cpu_before) * 100 / (MS - looked)))
    if [ "$share" -lt "$CALM_SHARE" ]; then
      look=$CALM_LOOK
    else
      connect_all_anew "$share"
      [ "$look" -ge "$CALM_LOOK_LONGEST" ] || look=$((look * 2))
    fi
  done
}

connect_all_anew() {
  load_password # it may have changed since the start
  # The one for the other Sentinels, the other for the servers.
  printf 'SENTINEL CONFIG SET sentinel-pass %s\nSENTINEL SET %s auth-pass %s\n' \
    "$(quoted "$PASSWORD")" "$MASTER_NAME" "$(quoted "$PASSWORD")" | ask_sentinel "$LOCAL" >/dev/null || return 0
  say "connects-anew reason=spins cpu=$1%"
}
