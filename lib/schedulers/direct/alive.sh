# True while the wrapper of control directory $1 lives.
is_running() {
  read -r pid since on 2>/dev/null <"$1/pid" || return 1
  [ "$pid" != none ] || return 1
  kill -0 "$pid" 2>/dev/null || return 1
  look_at "$pid"
  [ "$on" = "$seen_boot" ] && [ "$since" = "$seen_since" ]
}
