#!/bin/sh
# Sets a process in alarm, verifies that it was set, and tells how to go on:
#   ./simple_test.sh [NAME|ID] [-c FILE]
# Without NAME or ID: apache2, or the first process of the table. Exit status 0: the alarm was set.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

fail() {
  echo "simple_test.sh: $1" >&2
  exit 1
}

# Beside this script where it is installed, in dist/ where it was built.
for program in "${MONITOR_SERVICE:-}" "$here/bin/monitor_service" "$here/dist/monitor_service" \
  /opt/monitor_service/bin/monitor_service ''; do
  [ -f "$program" ] && [ -x "$program" ] && break
done
[ -n "$program" ] || fail "no monitor_service that this user may run; as root: sudo $0"

case ${1:-} in
'' | -*) process= ;;
*) process=$1 && shift ;;
esac
if [ -z "$process" ]; then
  table=$("$program" list --json "$@") || fail 'the table of processes could not be read'
  process=$(printf '%s\n' "$table" | sed -n 's/^{"id":\([-0-9]*\),"name":"apache2",.*/\1/p' | sed 1q)
  [ -n "$process" ] || process=$(printf '%s\n' "$table" | sed -n '2s/^{"id":\([-0-9]*\),.*/\1/p')
  [ -n "$process" ] || fail 'there is no process in the table'
fi

echo '1. Setting a process in alarm, which a running service really restarts'
before=$("$program" list --json "$@" -- "$process") || fail 'it could not be found'
said=$("$program" alarm set "$@" -- "$process") || fail 'the alarm could not be set'
printf '%s\n' "$said"

echo '2. Verifying that it was set'
after=$("$program" list --json "$@" -- "$process") || fail 'it could not be read again'
is_cleared=
case $after in
*'"alarm":true'*) echo 'It is in alarm.' ;;
"$before") fail 'it is not in alarm' ;;
*) is_cleared=yes && echo 'The running service has restarted it and cleared the alarm already.' ;;
esac
"$program" list "$@" -- "$process"

case $is_cleared$said in
yes* | *'The service checks now.'*)
  echo '3. The service restarts it, really'
  ;;
*'The service is not running'*)
  echo '3. To complete the test, start the service, which really restarts it'
  echo '   systemctl start monitor_service    (or once only: monitor_service run --once)'
  ;;
*)
  echo '3. To complete the test, let the service check, which really restarts it'
  echo '   It runs:         monitor_service check-now'
  echo '   It does not run: systemctl start monitor_service'
  ;;
esac
name=$(printf '%s\n' "$after" | sed -n 's/^{"id":[-0-9]*,"name":"\([A-Za-z0-9_.@:+-]*\)",.*/\1/p')
cat <<END
   What it does:  tail /var/log/monitor_service.log
   Afterwards:    monitor_service list               (the alarm is cleared, the notes say when)
   Not cleared?   monitor_service status ${name:-NAME}
END
