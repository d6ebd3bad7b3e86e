#!/bin/bash
# The service of the user's guide as a plain shell script: what one would write with bash, mysql, systemctl
# and pgrep. The bench measures against it.
#   reference.sh CONFIG     a line written into CONFIG.now has it check at once
set -u
config=$1
declare -A settings failures opened

read_config() {
  local line section=
  while IFS= read -r line; do
    if [[ $line =~ ^\[(.*)\]$ ]]; then
      section=${BASH_REMATCH[1]}
    elif [[ $line =~ ^([a-z_]+)[[:space:]]*=[[:space:]]*(.*)$ ]]; then
      settings["$section ${BASH_REMATCH[1]}"]=${BASH_REMATCH[2]}
    fi
  done < "$config"
}

# SECTION KEY DEFAULT: into $value, without a subshell
setting() {
  value=${settings["$1 $2"]-$3}
}

# NAME KEY DEFAULT: of a process
option() {
  value=${settings["process.$1 $2"]-${settings["process.default $2"]-$3}}
}

log() {
  printf '%(%Y-%m-%d %H:%M:%S)T - %s - %s\n' -1 "$1" "$2" >> "$log_file"
}

rotate() {
  local size
  size=$(stat -c %s "$log_file" 2> /dev/null || echo 0)
  ((size < max_log_size * 1024)) && return
  for ((number = log_files_to_keep; number > 1; number--)); do
    mv -f "$log_file.$((number - 1))" "$log_file.$number" 2> /dev/null
  done
  mv -f "$log_file" "$log_file.1"
}

query() {
  MYSQL_PWD=$password mysql --batch --skip-column-names -h "$host" -u "$user" -e "$1" "$database"
}

strategy_of() {
  option "$1" restart_strategy auto
  if [ "$value" = auto ]; then
    value=process
    systemctl cat "$1.service" > /dev/null 2>&1 && value=service
  fi
}

restart_process() {
  pkill -x "$1"
  sleep 1
  setsid "$1" > /dev/null 2>&1 < /dev/null &
}

# A program that dies at once would pass a check that comes too early: so first wait, then look.
is_healthy() {
  local check timeout waited=0
  option "$1" health_check_timeout 5
  timeout=$value
  option "$1" health_check_command 'pgrep %s'
  check=${value//%s/$1}
  while ((waited < timeout * 2)); do
    sleep "$pause"
    timeout "$timeout" sh -c "$check" > /dev/null 2>&1 && return 0
    waited=$((waited + 1))
  done
  return 1
}

restart() {
  local name=$1 attempt attempts delay strategy
  strategy_of "$name"
  strategy=$value
  log INFO "RESTART LOG: Beginning restart procedure for $name (strategy: $strategy)"
  option "$name" pre_restart_command ''
  if [ -n "$value" ] && ! sh -c "$value" > /dev/null 2>&1; then
    log ERROR "RESTART LOG: Pre-restart command failed for $name"
    return 1
  fi
  option "$name" max_attempts 2
  attempts=$value
  option "$name" restart_delay 2
  delay=$value
  for ((attempt = 1; attempt <= attempts; attempt++)); do
    ((attempt > 1)) && sleep "$delay"
    log INFO "RESTART LOG: Attempt $attempt of $attempts for $name"
    if [ "$strategy" = service ]; then
      systemctl restart "$name"
    else
      restart_process "$name"
    fi || { log ERROR "RESTART LOG: ${strategy^} restart command failed for: $name" && continue; }
    if is_healthy "$name"; then
      log INFO "RESTART LOG: Successfully restarted and verified $strategy: $name"
      return 0
    fi
    log ERROR "RESTART LOG: ${strategy^} restart command succeeded but health check failed for: $name"
  done
  return 1
}

clear_alarm() {
  query "UPDATE STATUS_PROCESS SET alarma = 0,
    notes = LEFT(CONCAT(IFNULL(notes, ''), ' - Restarted at ', NOW()), 100)
    WHERE process_id = $1 AND alarma = 1" && log INFO "Alarm cleared for $2 (ID: $1)"
}

see_to() {
  local id=$1 name=$2 left
  if [ -n "${opened[$name]-}" ]; then
    left=$((opened[$name] + circuit_reset_time - SECONDS))
    if ((left > 0)); then
      log WARNING "Circuit breaker open for $name, skipping restart ($left seconds left)"
      return
    fi
  fi
  log INFO "Found process in alarm: $name (ID: $id)"
  if restart "$name"; then
    failures[$name]=0
    unset "opened[$name]"
    clear_alarm "$id" "$name"
    return
  fi
  failures[$name]=$((${failures[$name]-0} + 1))
  if ((failures[$name] >= max_restart_failures)); then
    opened[$name]=$SECONDS
    log WARNING "Circuit breaker opened for $name after ${failures[$name]} failures"
  fi
}

check() {
  local rows id name
  rotate
  if ! rows=$(query "SELECT s.process_id, p.process_name FROM STATUS_PROCESS s
      JOIN PROCESE p ON p.process_id = s.process_id WHERE s.alarma = 1" 2>&1); then
    log ERROR "Database check failed: $rows"
  elif [ -z "$rows" ]; then
    log INFO 'Database check: no process in alarm'
  else
    while IFS=$'\t' read -r id name; do
      see_to "$id" "$name" < /dev/null
    done <<< "$rows"
  fi
}

read_config
for entry in database.host=localhost database.user=root database.password= database.database=v_process_monitor \
  monitor.check_interval=300 monitor.max_restart_failures=3 monitor.circuit_reset_time=1800 \
  logging.log_file=/var/log/monitor_service.log logging.max_log_size=5120 logging.log_files_to_keep=5 \
  process.pause=0.5; do
  section=${entry%%.*}
  key=${entry#*.}
  setting "$section" "${key%%=*}" "${key#*=}"
  declare "${key%%=*}=$value"
done

log INFO 'Starting Process Monitor Service'
[ -p "$config.now" ] || mkfifo -m 600 "$config.now"
exec 3<> "$config.now"
while true; do
  check
  read -r -t "$check_interval" -u 3 # sleeps, until somebody writes a line
done
