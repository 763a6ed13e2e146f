# Starts the attempt, or attaches to it, and follows it to its end.
# $1 remote directory, $2 name of the control directory, $3 and $4 id and path of the control root as far as it is known, $5
# where it is wanted, $6 an id for a new one, $7 fencing number, $8 file name, $9 the program if it is text, ${10} its bytes
# if it comes on standard input (once this says `send`), ${11} its cksum, ${12} `live` or `quiet`, ${13} `files` or `none`,
# ${14} and ${15} bytes of out and err that are known already, ${16} to ${18} machine, process id and start time of the
# wrapper as far as the database knows, ${19} wrapper.sh, ${20} program.sh, ${21} timer.sh, ${22} seconds to the timeout or
# empty, ${23} the same in whole seconds, ${24} seconds of grace; then the interpreter. The end of the input lets go.
remote=$1 name=$2 id=$3 root=$4 wanted=$5 new_id=$6 fence=$7 file=$8 program=$9
shift 9
bytes=$1 cksum=$2 mode=$3 files=$4 from_out=$5 from_err=$6 where_was=$7 pid_was=$8 since_was=$9
shift 9
wrapper=$1 program_script=$2 timer_script=$3 seconds=$4 whole=$5 grace=$6
shift 6
fill_in_home "$1"
shift
tail_out= tail_err= watch= told=
newline='
'
exec 3<&0
refuse() {
  say "refused $*"
  exit 0
}
elsewhere() {
  say "elsewhere $not_that"
  exit 0
}

# Sets `W`, the physical path, and how files that were there before are told from results.
enter_directory() {
  find_directory "$remote"
  kind=listed time=0
  if ! [ -d "$directory" ]; then
    # A substitution costs a process more: only for the words of what failed.
    mkdir -p -- "$directory" 2>/dev/null || problem=$(mkdir -p -- "$directory" 2>&1) || refuse "directory $problem"
    kind=made
  fi
  cd -P -- "$directory" 2>/dev/null || refuse "directory $directory cannot be entered"
  W=$PWD
  [ -w . ] || refuse "directory $W may not be written"
}
is_empty() {
  set -- * .[!.]* ..?*
  [ "$*" = '* .[!.]* ..?*' ] && ! [ -e "$1" ] && ! [ -L "$1" ]
}
# With room for what is written later, which the program itself may use up. What one fence writes bears its number: this one may
# come so late that the program runs by another's.
write_control() {
  printf '%120s\n' '' >"$d/exit.$fence" && printf '%40s\n' '' >"$d/group.$fence" && true >>"$d/out" && true >>"$d/err" || return 1
  if [ -z "$bytes" ]; then
    printf %s "$program" >"$d/program.$fence"
  else
    head -c "$bytes" <&3 >"$d/program.$fence" || return 1
    # The connection was cut, or the disk is full.
    [ "$(wc -c <"$d/program.$fence")" -eq "$bytes" ] || return 1
  fi
}
prepare() {
  is_program "$interpreter" || {
    [ ! -e "$interpreter" ] || refuse "interpreter-file $interpreter"
    refuse "interpreter $interpreter"
  }
  ! is_taken "$file" || refuse "program in $W $taken"
  if ! [ -d "$d" ]; then
    mkdir -m 700 -- "$d" 2>/dev/null || problem=$(mkdir -m 700 -- "$d" 2>&1) || [ -d "$d" ] || refuse "space $problem"
  fi
  if [ -n "$bytes" ]; then
    say send
    problem=$(write_control 2>&1) || refuse "space $problem"
  else
    write_control 2>/dev/null || problem=$(write_control 2>&1) || refuse "space $problem"
  fi
  if [ "$files" != files ]; then
    kind=none
  elif [ "$kind" = listed ] && is_empty; then
    kind=made
  elif [ "$kind" = listed ]; then
    list_before
  fi
  printf '%s %s\n' "$kind" "$time" >"$d/kind.$fence"
}

# From here on nothing of ours is said on standard error, which descriptor 4 leads to: there come the program's own words.
hush() { exec 4>&2 2>/dev/null; }
# Descriptors 5 and 6 lead to the output, opened before the program can take away the right to.
open_output() {
  unlock_output
  has_out= has_err=
  if is_output "$d/out" && [ -r "$d/out" ]; then exec 5<"$d/out" && has_out=yes; fi
  if is_output "$d/err" && [ -r "$d/err" ]; then exec 6<"$d/err" && has_err=yes; fi
}
follow() {
  # This shell ends where no process more can be started; what holds its output must not stay behind.
  trap 'kill $tail_out $tail_err $watch' EXIT
  printf '\036%s begin\n' "$mark" >&4
  # Linux tells which process this is, in a pipeline too.
  read -r me _ </proc/self/stat || me=$$
  if [ "$mode" = live ] && [ -n "$has_out" ]; then
    tail_of "$d/out" "$from_out" 5 1
    tail_out=$tail
  fi
  # Where both streams were one, or nobody would hear it, standard error is read at the end.
  if [ "$mode" = live ] && [ -n "$has_err" ] && ! [ /dev/null -ef /dev/fd/4 ]; then
    tail_of "$d/err" "$from_err" 6 4
    tail_err=$tail
  fi
  # When the other end lets go, nothing of this stays behind.
  {
    while read -r _; do :; done
    kill -TERM $tail_out $tail_err "$me" $$
  } <&3 >/dev/null 4>&- 5<&- 6<&- &
  watch=$!
  exec 5<&- 6<&-
}
# Prints file $1, which descriptor $3 leads to, from byte $2 on as it grows, to descriptor $4. Sets `tail`, the process that
# does. By its name alone it is woken when the file grows; the program may have taken away the right to open it by then.
tail_of() {
  if [ -r "$1" ] && command -v tail >/dev/null 2>&1; then
    tail -c "+$(($2 + 1))" -f "$1" </dev/null >&"$4" 3<&- 4>&- 5<&- 6<&- &
    tail=$!
    has_opened "$tail" "$3" && return
  fi
  tail_open "$2" <&"$3" >&"$4" 3<&- 4>&- 5<&- 6<&- &
  tail=$!
}
tail_open() {
  if command -v tail >/dev/null 2>&1; then exec tail -c "+$(($1 + 1))" -f; fi
  dd bs=1 skip="$1" count=0
  while cat && sleep 1; do :; done
}
# Waits until process $1 has opened what descriptor $2 leads to, or need not. False when it ended without.
has_opened() {
  [ -d /proc/self ] || return 0
  tries=0
  until [ "/proc/$1/fd/3" -ef "/proc/self/fd/$2" ] || has_ended; do
    [ -e "/proc/$1/exe" ] || return 1
    tries=$((tries + 1))
    # Mostly a thousandth of a second; a busy machine takes its time.
    [ "$tries" -lt 1000 ] || short_sleep 02
    [ "$tries" -lt 1250 ] || return 0
  done
}
# Ends process $1, and waits until it can print no more. That is so once it is exiting, and has no program any more (proc(5));
# that it is gone takes Linux 15 ms more, since `tail` watches files with inotify.
silence() {
  # One that was stopped hears nothing else.
  kill -s KILL "$1"
  tries=0
  while [ "$tries" -lt 1000 ] && [ -e "/proc/$1/exe" ]; do tries=$((tries + 1)); done
  [ -d /proc/self ] && ! [ -e "/proc/$1/exe" ] || wait "$1"
}
let_go() {
  [ -z "$tail_out" ] || silence "$tail_out"
  [ -z "$tail_err" ] || silence "$tail_err"
  tail_out= tail_err=
  printf '\036%s end\n' "$mark" >&4
}

# A short text is compared without a process; NULs, which some shells leave out as they read, are seen by the time.
is_short() { [ -z "$bytes" ] && [ -n "$program" ] && [ "${#program}" -le 500 ]; }
is_as_brought() {
  if is_short; then
    [ -f "./$file" ] && ! [ "./$file" -nt "$d/begun" ] && read_text <"./$file" && [ "$text" = "$program" ]
  else
    read -r sum size _ <"$d/sum" && [ "$sum $size" = "$cksum" ]
  fi
}
# Sets `text`; not more than one longer than what it is compared with.
read_text() {
  text=
  while IFS= read -r line; do
    text=$text$line$newline
    [ "${#text}" -le "${#program}" ] || return 1
  done
  text=$text$line
}
# The directory was made for the attempt, and holds nothing but the program as it was brought here.
is_untouched() { [ "$kind" = made ] && [ "$W" -ef . ] && is_as_brought && is_alone "$file"; }
read_exit() {
  if has_ended && read -r code reason out err notes <"$d/exit"; then return; fi
  [ -n "$told" ] && read -r code reason out err notes <<end
$told
end
}
report() {
  let_go
  if ! read_exit; then
    say lost "$evidence"
  elif [ "$reason" = refused ]; then
    say "refused program $notes"
  else
    signal=
    [ "$code" -le 128 ] || signal=$(kill -l "$code")
    say "exit $code $reason ${signal:--} $out $err $notes"
    if is_untouched; then say untouched; fi
  fi
  stop_watching
  say done
}
stop_watching() {
  [ -z "$watch" ] || kill "$watch"
  watch=
}

# How long the file system may take to show what another machine wrote last.
find_patience() {
  case $(stat -f -c %T "$root" 2>/dev/null) in
    '' | ext* | xfs | btrfs | tmpfs | overlay* | zfs | f2fs | reiserfs) patience=2 ;;
    *) patience=60 ;;
  esac
}
# The wrapper is gone. Sets `evidence` unless its last word is there.
look_twice() {
  find_patience
  while [ "$patience" -gt 0 ] && ! has_ended; do
    sleep 1
    patience=$((patience - 1))
  done
  evidence='neither the process that watched over it nor its exit status is there'
  [ -e "$d/begun" ] || evidence="$evidence, and its control directory was removed"
  ! has_ended || return 0
  if [ -n "$(strays "$name")" ]; then
    # Nobody would tell its end, keep its deadline or end it any more. Its group's number may be another's by now.
    end_tree none "$name" 5
    evidence="$evidence; what was left of it was ended"
  fi
  return 0
}
wait_here() {
  while ! has_ended; do
    is_alive "$by" "$at" || {
      # Without the folder that it wrote into nothing can be said of its end.
      has_ended || is_root "$root" "$id" || {
        unknown="elsewhere $not_that"
        return 1
      }
      look_twice
      return
    }
    [ "$state" != T ] || kill -s CONT "$by"
    short_sleep 2
  done
}
wait_after_restart() { has_ended || evidence='the server was restarted meanwhile'; }
# Its files may come from there; what must be done where it runs is done over another connection.
wait_from_afar() {
  tries=0
  while ! has_ended; do
    [ "$tries" -lt 150 ] || return 1
    tries=$((tries + 1))
    short_sleep 2
  done
}
attach() {
  kind= time= evidence= unknown=
  read -r kind time 2>/dev/null <"$d/kind.$winner"
  case $where in
    "$machine") how=attached wait=wait_here ;;
    # The same boot of the same host, but another container; or another host.
    "$host:$boot:"*) how=followed wait=wait_from_afar ;;
    "$host:"*) how=attached wait=wait_after_restart ;;
    *) how=followed wait=wait_from_afar ;;
  esac
  say "$how $where $by $at $kind $time"
  ! has_ended || mode=quiet
  hush
  open_output
  follow
  if $wait; then
    report
  else
    let_go
    stop_watching
    say "${unknown:-away $where}"
    say done
  fi
}
# Sets what was decided; the database's own word stands in for a file that is gone.
look() {
  word= winner= where= by= at= more=
  read -r word winner where by at more 2>/dev/null <"$d/begun"
  if [ -z "$word" ] && [ -n "$pid_was" ]; then word=start where=$where_was by=$pid_was at=$since_was; fi
  [ -n "$word" ]
}
conclude() {
  if [ "$word" = never ]; then
    say "never $where $by $at $more"
    say done
  elif read -r _ reason _ _ notes 2>/dev/null <"$d/exit" && [ "$reason" = refused ]; then
    say "refused program $notes"
  else
    attach
  fi
}
# Reads what the wrapper says; the end of its output is its end.
start() {
  answer=
  read -r answer
  if [ "$answer" = full ]; then
    refuse "space nothing can be written in $d"
  elif [ "$answer" != started ]; then
    # Another one was quicker, or this one refused.
    if look; then
      conclude
    elif is_root "$root" "$id" && [ -d "$d" ]; then
      refuse 'space no process could be started there to watch over it'
    else
      say 'elsewhere it went away before the start'
    fi
    return
  fi
  look
  say "started $where $by $at $kind $time"
  follow
  # It says its last word here where it cannot write it down.
  while read -r answer told; do
    [ "$answer" != exit ] || break
  done
  [ -n "$told" ] || has_ended || look_twice
  report
}

find_machine
if [ -n "$id" ]; then
  d=$root/$name
  not_that="$root is not the folder that it was"
  is_its_own() { look && [ "$where $by $at" = "$where_was $pid_was $since_was" ]; }
  lives=
  if [ -n "$pid_was" ] && [ "$where_was" = "$machine" ] && is_alive "$pid_was" "$since_was"; then lives=yes; fi
  # It may have wiped even that: then its wrapper lives, or has restored what it knew.
  is_root "$root" "$id" || { { [ -n "$lives" ] || { [ "$where_was" = "$machine" ] && has_ended; }; } && is_its_own; } || elsewhere
  [ -z "$lives" ] || sees_alike "$pid_was" "${root%/*}/" || elsewhere
else
  enter_directory
  choose_root "$wanted" "$new_id" || refuse "directory no control directory can be made: $why_not"
  d=$root/$name
fi
say "located $id $root"
if look; then
  kind= W=/
  conclude
  exit 0
fi
[ -n "${W:-}" ] || enter_directory
prepare
find_apart
say "ready $kind $time $W"
sum=none
if [ "$kind" = made ] && ! is_short; then sum=sum; fi
hush
open_output
# It waits for `go` by itself: while the permit is written down it has come up already.
$apart sh -c "$wrapper" drs-wrapper "$d" "$name" "$root" "$id" "$fence" "$machine" "$file" "$sum" "$program_script" \
  "$timer_script" "$seconds" "$whole" "$grace" "$apart" "$interpreter" "$@" <&3 2>/dev/null 3<&- 5<&- 6<&- | start
