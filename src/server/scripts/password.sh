# Which password a script asks with, and which ones its server or Sentinel accepts. All of a pod's programs go by what is in
# force in the pod, and not by the Secret's mounted file: the kubelet may change that at any time, to one that nobody knows
# yet. What then happens is in password-change.sh.
# shellcheck shell=sh disable=SC2034 # what it sets is for lib.sh and the scripts that source it

# read_secret: sets SECRET from PASSWORD_FILE, without a process of its own, since it is read every second. Fails for what
# cannot be a password, with SECRET_FAULT.
read_secret() {
  SECRET=
  SECRET_FAULT=
  if [ ! -r "$PASSWORD_FILE" ]; then
    SECRET_FAULT="$PASSWORD_FILE cannot be read; give the Secret the key that the topology names"
    return 1
  fi
  broken=yes # a line that ends in a line break can be read whole
  IFS= read -r SECRET <"$PASSWORD_FILE" || broken=
  case $SECRET in *[[:cntrl:]]*) broken=yes ;; esac
  if [ -n "$broken" ]; then
    SECRET_FAULT="the Secret's value holds a line break or another control character (a trailing one comes from 'echo'; use 'printf %s' or --from-literal); clients would send another password"
  elif [ -z "$SECRET" ]; then
    SECRET_FAULT="the Secret's value is empty; it needs at least one character"
  fi
  [ -z "$SECRET_FAULT" ]
}

# The passwords in force in this pod, one a line: first the one that it uses towards all; then, while the password is being
# changed, another that its server and Sentinel accept too. Kept for the pod's life, in memory: the Secret's
# file may already hold one that nobody knows yet.
PASSWORDS=$RUN_DIR/passwords

# load_password: sets PASSWORD and OTHER_PASSWORD (or empty). Never exported: a server's environment does not hold them.
load_password() {
  if [ ! -s "$PASSWORDS" ]; then
    read_secret || fail "password: $SECRET_FAULT"
    PASSWORD=$SECRET
    OTHER_PASSWORD=
    write_passwords || fail "volume: $RUN_DIR cannot be written"
    # All containers of a pod start at once: what the first one read is in force.
    ln "$PASSWORDS.$PROGRAM.$$" "$PASSWORDS" 2>/dev/null || :
    rm -f "$PASSWORDS.$PROGRAM.$$"
  fi
  { IFS= read -r PASSWORD && IFS= read -r OTHER_PASSWORD; } <"$PASSWORDS" || fail "password: $PASSWORDS cannot be read"
}

write_passwords() {
  printf '%s\n%s\n' "$PASSWORD" "$OTHER_PASSWORD" >"$PASSWORDS.$PROGRAM.$$"
}

# await_password: the same, for programs that start: a Secret may come after the pods, and its file then appears by itself.
await_password() {
  until [ -s "$PASSWORDS" ] || [ -r "$PASSWORD_FILE" ]; do
    waiting "the Secret's password is not there: make the Secret, or give it the key that the topology names (auth, by default the key 'password'); the kubelet then mounts it within a minute or two"
    sleep 0.5
  done
  load_password
}

# admission: the lines of a configuration file that say which passwords are accepted.
admission() {
  printf 'requirepass %s\n' "$(quoted "$PASSWORD")"
  if [ -n "$OTHER_PASSWORD" ]; then
    printf 'user default on %s %s ~* &* +@all\n' "$(quoted ">$PASSWORD")" "$(quoted ">$OTHER_PASSWORD")"
  fi
}

# refused FILE: what redis-cli said there is that the password is refused; nothing was carried out then.
refused() {
  grep -Eqs 'WRONGPASS|NOAUTH' "$1"
}

# refusing NAME ADDRESSES: those that refused the password when ask_all last asked under that name.
refusing() {
  for address in $2; do
    ! refused "$RUN_DIR/$PROGRAM.$1.$address.error" || printf '%s ' "$address"
  done
}
PASSWORD_UNDER_WAY="refuse this pod's password: it has been changed, and the kubelets bring it to the others within a minute or two"
