#!/bin/sh
# prerequisites.sh [tests]: sees to it that the rehearsal, or the tests, find what they run: redis-server, for the tests
# BusyBox too; and valkey-server, shellcheck, strace, haproxy, openssl, chromium, prometheus, an exporter, a module of
# Redis, and clients in other languages, whose tests are skipped, by name, where they are not to be had.
#
# What is missing is installed with apt-get (as root, or where sudo asks for no password) or brew, and nothing is done
# where nothing is missing. The distribution's packages would also start a server on port 6379; here they must not.
set -eu

main() {
  need redis-server redis-server redis || give_up
  [ "${1:-}" = tests ] || return 0
  need busybox busybox busybox || say "busybox is missing: its tests fail; install the package busybox"
  want valkey-server valkey-server valkey
  want shellcheck shellcheck shellcheck
  want strace strace strace
  want haproxy haproxy haproxy
  want openssl openssl openssl
  # With promtool.
  want prometheus prometheus prometheus
  want prometheus-redis-exporter prometheus-redis-exporter redis_exporter
  want chromium chromium chromium
  want_package redisearch redis-redisearch redis_has redisearch.so
  # Clients of the documentation that are not Node's.
  want_package redis-py python3-redis python_has redis
  want_package Celery python3-celery python_has celery
  want php php-cli php
  want_package predis php-predis php_has Predis/Autoloader.php
}

# need PROGRAM APT_PACKAGE BREW_PACKAGE
need() {
  have "$1" && return
  say "$1 is missing: installing it"
  if have apt-get; then
    apt_install "$2"
  elif have brew; then
    brew install "$3" >&2
  fi
  have "$1"
}

# The same for what can be done without. Only where it is expected, as in CI, is time spent on it.
want() {
  have "$1" && return
  if [ "${CI:-}" = true ] && need "$@"; then return; fi
  say "$1 is missing: its tests are skipped"
}

# want_package NAME APT_PACKAGE COMMAND…: likewise for what is no program, but which the command finds.
want_package() {
  name=$1 package=$2
  shift 2
  "$@" >/dev/null 2>&1 && return
  if [ "${CI:-}" = true ] && have apt-get; then apt_install "$package"; fi
  "$@" >/dev/null 2>&1 || say "$name is missing: its tests are skipped"
}

# Where a rehearsal looks for modules; a test says another place.
redis_has() {
  [ -e "/usr/local/lib/redis/modules/$1" ] || [ -e "${REDIS_MODULES:-/usr/lib/redis/modules}/$1" ]
}

# Debian's packages are for its own Python, which another may hide; a test says another place.
python_has() {
  python3 -c "import $1" || "${SYSTEM_PYTHON:-/usr/bin/python3}" -c "import $1"
}

php_has() {
  php -r "exit((int) !stream_resolve_include_path('$1'));"
}

apt_install() {
  can_be_root || return 0
  # A list that knows the package may still name a version that the mirror no longer has.
  as_root apt-get -qq update >&2 || true
  if [ "$1" = valkey-server ]; then add_backports; fi
  with_no_services as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install -y --no-install-recommends "$1" >&2 || true
  # Nor is it to start with the machine from now on.
  if have systemctl; then as_root systemctl --quiet disable "$1" >/dev/null 2>&1 || true; fi
}

# Debian 12 has valkey only in its backports.
add_backports() {
  grep -qs '^VERSION_CODENAME=bookworm$' /etc/os-release || return 0
  # A machine of one's own keeps its package sources; one that CI throws away may get another.
  [ "${CI:-}" = true ] || return 0
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || return 0
  sources=/etc/apt/sources.list.d/redis-sentinel-backports.sources
  [ -e "$sources" ] || as_root sh -c "cat > $sources" <<END
Types: deb
URIs: $mirror
Suites: bookworm-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
  as_root apt-get -qq update >&2 || true
}

# Where this machine gets its packages from already.
debian_mirror() {
  apt-cache policy 2>/dev/null | sed -n 's|^ *[0-9]* \(http[^ ]*\) bookworm/main .*|\1|p' | head -n 1
}

# Runs the command while packages are forbidden to start their services; a policy that is there already is respected.
with_no_services() {
  # Where Debian's tools ask; a test says another place.
  policy=${POLICY_RC_D:-/usr/sbin/policy-rc.d}
  if [ -e "$policy" ]; then
    "$@"
    return
  fi
  as_root sh -c "printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy"
  trap 'as_root rm -f "$policy"' EXIT
  status=0
  "$@" || status=$?
  as_root rm -f "$policy"
  trap - EXIT
  return "$status"
}

can_be_root() {
  [ "$(id -u)" -eq 0 ] || { have sudo && sudo -n true 2>/dev/null; }
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

have() {
  command -v "$1" >/dev/null 2>&1
}

say() {
  echo "prerequisites: $*" >&2
}

give_up() {
  say "redis-server 7.0 or newer is needed, and could not be installed. Install it, without starting it as a service:"
  say "  Debian, Ubuntu   sudo apt-get install redis-server && sudo systemctl disable --now redis-server"
  say "  Fedora           sudo dnf install redis     (or valkey)"
  say "  Alpine           sudo apk add redis"
  say "  macOS            brew install redis"
  exit 1
}

main "$@"
