# Completion for bash 4.4 and later. A test compares it with the commands of the program.

_monitor_service() {
  # Each command with the options of its own; those in "valued" are followed by a value.
  local -A options=(
    [run]='--once --dry-run'
    [check-config]='--show --database --explain --json'
    [status]='--watch --json'
    [check]='--json'
    [restart]=''
    [check-now]='--wait'
    ['breaker reset']='--all'
    [list]='--json'
    ['alarm set']='--all --unit --note --create --yes'
    ['alarm clear']='--all --unit --note'
    [history]='-n --number --since --failed --json'
    [test-alarm]=''
    [demo]=''
  )
  local common='-c --config -h --help --version' valued=' -c --config --explain --unit --note -n --number --since '

  local IFS=$' \t\n' program=$1 words=() current previous='' command='' file='' operands=0 word
  _monitor_service_words
  for word in "${words[@]:1}"; do
    if [[ $valued == *" $previous "* ]]; then
      [[ $previous == -c || $previous == --config ]] && file=$word
      word=''
    elif [[ $word == --config=* ]]; then
      file=${word#*=}
    elif [[ $word != -* ]]; then
      if [[ -z $command ]]; then
        command=$word
      elif [[ -n ${options["$command $word"]+known} ]]; then
        command+=" $word"
      else
        operands=$((operands + 1))
      fi
    fi
    previous=$word
  done

  COMPREPLY=()
  if [[ $previous == -c || $previous == --config || $current == --config=* ]]; then
    compopt -o default # names of files
  elif [[ $previous == --explain ]]; then
    _monitor_service_processes list
  elif [[ $valued == *" $previous "* ]]; then
    return
  elif [[ $current == -* ]]; then
    _monitor_service_offer $common ${options["${command:-run}"]-}
  elif [[ -z $command ]]; then
    _monitor_service_offer "${!options[@]}"
  else
    case $command:$operands in
      'alarm set':* | 'alarm clear':* | list:* | history:* | check:*) _monitor_service_processes list ;;
      'breaker reset':* | status:* | restart:*) _monitor_service_processes status ;;
      *:0)
        for word in "${!options[@]}"; do
          [[ $word == "$command "* ]] && _monitor_service_offer "${word#* }"
        done
        ;;
    esac
  fi
}

# The words before the cursor, and the one it is in, as the program will get them: readline parts them
# also at ":", "=" and "@".
_monitor_service_words() {
  local line=${COMP_LINE:0:COMP_POINT} index part
  for ((index = 0; index <= COMP_CWORD; index++)); do
    if [[ $index == 0 || $line == [[:space:]]* ]]; then
      line=${line#"${line%%[![:space:]]*}"}
      words+=('')
    fi
    part=${COMP_WORDS[index]}
    [[ $index == "$COMP_CWORD" ]] && part=$line
    words[-1]+=$part
    line=${line#"$part"}
  done
  current=${words[-1]}
  unset 'words[-1]'
}

# Offers those words that begin as the current one; of a command of two words the first.
_monitor_service_offer() {
  local word sign rest=$current
  # What readline replaces: it keeps what stands before these signs, and ":" and "=" themselves.
  for sign in : =; do
    [[ $COMP_WORDBREAKS == *"$sign"* ]] && rest=${rest##*"$sign"}
  done
  [[ $COMP_WORDBREAKS == *@* && $rest == *@* ]] && rest=@${rest##*@}
  for word in "${@%% *}"; do
    [[ $word == "$current"* ]] && COMPREPLY+=("${word#"${current%"$rest"}"}")
  done
}

# Offers the processes that "list" or "status" tells of, and their IDs behind a digit. Whoever may not ask, or
# waits too long for an answer, is offered none. Neither is a name that the service refuses: what is offered
# has no character that means anything to a shell or a terminal.
_monitor_service_processes() {
  # Whoever types "sudo" wants to be asked for no password here: sudo -n answers while it remembers one.
  local ask=("$program")
  [[ $EUID != 0 && ${FUNCNAME[*]} == *sudo* ]] && ask=(sudo -n "$program")
  local name='s/^(\{"id":-?[0-9]+,| *)"name": ?"([A-Za-z0-9][A-Za-z0-9_.@:+-]{0,99})",.*/\2/p' id=''
  [[ $current == [0-9]* ]] && id='h; s/^\{"id":([0-9]+),.*/\1/p; g'
  _monitor_service_offer $(
    timeout -k 1 2 "${ask[@]}" "$1" --json ${file:+-c "$file"} < /dev/null 2> /dev/null |
      sed -nE -e "$id" -e "$name" 2> /dev/null | head -n 10000
  )
}

# The same behind "sudo" and its options; of another command bash completes the names of files, as it does without this.
_monitor_service_behind_sudo() {
  local index word
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    if [[ $word == -[ugphCrtTUDR] ]]; then
      index=$((index + 1)) # its value
    elif [[ ${COMP_WORDS[index + 1]} == '=' ]]; then
      index=$((index + 2)) # of a variable
    elif [[ $word != -* ]]; then
      break
    fi
  done
  [[ $index -lt $COMP_CWORD && ${word##*/} == monitor_service ]] || return
  compopt +o default +o bashdefault
  for word in "${COMP_WORDS[@]:0:index}"; do
    word=${COMP_LINE%%"$word"*}$word
    COMP_LINE=${COMP_LINE#"$word"}
    COMP_POINT=$((COMP_POINT - ${#word}))
  done
  COMP_WORDS=("${COMP_WORDS[@]:index}")
  COMP_CWORD=$((COMP_CWORD - index))
  _monitor_service "${COMP_WORDS[0]}"
}

complete -F _monitor_service monitor_service
# The package bash-completion does it for every command.
if [[ -z ${BASH_COMPLETION_VERSINFO-} ]] && ! complete -p sudo > /dev/null 2>&1; then
  complete -o default -o bashdefault -F _monitor_service_behind_sudo sudo
fi
