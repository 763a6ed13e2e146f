# $1 name of the control directory, $2 and $3 id and path of the control root, $4 fencing number, $5 to $7 machine, process id
# and start time of the wrapper as far as the database knows, $8 seconds of grace.
name=$1 id=$2 root=$3 fence=$4 machine_was=$5 pid=$6 began=$7 grace=$8
d=$root/$name
find_machine
is_ours() { [ -n "$pid" ] && [ "$machine_was" = "$machine" ] && is_alive "$pid" "$began"; }
if ! is_root "$root" "$id" && ! is_ours; then
  say elsewhere
  exit 0
fi
if [ -z "$pid" ] && ! [ -e "$d/begun" ]; then
  mkdir -m 700 -- "$d" 2>/dev/null
  # No room for it: it could still be started.
  decide "never $fence cancel" "never.$fence" || exit 93
fi
if has_ended; then
  say ended-before
  exit 0
fi
if read -r word _ where by at 2>/dev/null <"$d/begun"; then
  if [ "$word" = never ]; then
    say never
    exit 0
  fi
  machine_was=$where pid=$by began=$at
fi
if [ "$machine_was" != "$machine" ]; then
  # Restarted since, it has ended; otherwise it runs on another machine behind the same address.
  case $machine_was in
    "$host:$boot:"*) say elsewhere ;;
    "$host:"*) say ended-before ;;
    *) say elsewhere ;;
  esac
  exit 0
fi
if is_alive "$pid" "$began" && ! sees_alike "$pid" "${root%/*}/"; then d=/proc/$pid/root$d; fi
leave cancel
# The number of the group may be another's by now, unless the wrapper lives, which waits for it.
group=none
if is_alive "$pid" "$began"; then find_group "$pid" none; fi
end_tree "$group" "$name" "$grace"
# The program may have stopped it.
if is_alive "$pid" "$began"; then kill -s CONT "$pid"; fi
say ended
