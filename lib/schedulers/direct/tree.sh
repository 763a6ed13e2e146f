# The program's tree: its process group $1, or `none`, and whatever left the group but has control directory $2 in its environment.
strays() { grep -ls "/$1/" /proc/[0-9]*/environ 2>/dev/null | sed 's|/proc/\([0-9]*\)/.*|\1|'; }
is_left() { kill -s 0 -- "-$1" 2>/dev/null || [ -n "$(strays "$2")" ]; }
send() {
  kill -s "$1" -- "-$2" 2>/dev/null
  for stray in $(strays "$3"); do kill -s "$1" "$stray" 2>/dev/null; done
}
# $3: seconds of grace between TERM and KILL.
end_tree() {
  send TERM "$1" "$2"
  tries=$(($3 * 10))
  while [ "$tries" -gt 0 ] && is_left "$1" "$2"; do
    sleep 0.1 2>/dev/null || { sleep 1; tries=$((tries - 9)); }
    tries=$((tries - 1))
  done
  if is_left "$1" "$2"; then send KILL "$1" "$2"; fi
}
# Leaves file $1 in the control directory, whatever the program did to it. (`:` would end the shell when there is no room.)
leave() {
  [ -d "$d" ] || mkdir -p -m 700 -- "$d"
  true >"$d/$1" || {
    chmod u+rwx "${d%/*}" "$d"
    true >"$d/$1"
  }
} 2>/dev/null
# Sets `group`, the process group of the program that wrapper $1 started: as written down, else as its children tell.
# Process $2 is none of them.
find_group() {
  group= winner=
  {
    read -r _ winner _ <"$d/begun"
    read -r group <"$d/group.$winner"
  } 2>/dev/null
  [ -z "$group" ] || return 0
  group=none
  for file in /proc/[0-9]*/stat; do
    read -r stat 2>/dev/null <"$file" || continue
    set -- "$1" "$2" ${stat##*) }
    # After the name come state, parent and group. What only reads the output is in the wrapper's own.
    if [ "$4" = "$1" ] && [ "$5" != "$1" ] && [ "$5" != "$2" ]; then group=$5; fi
  done
}
