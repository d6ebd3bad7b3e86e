#!/bin/sh
# The menu to try out alarms: ./test_alarm.sh [-c FILE]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

# Beside this script where it is installed, in dist/ where it was built.
for program in "${MONITOR_SERVICE:-}" "$here/bin/monitor_service" "$here/dist/monitor_service" \
  /opt/monitor_service/bin/monitor_service; do
  [ -f "$program" ] && [ -x "$program" ] && exec "$program" test-alarm "$@"
done
echo "test_alarm.sh: no monitor_service that this user may run; as root: sudo $0" >&2
exit 1
