# Sets `interpreter`: path $1 with `~` filled in.
fill_in_home() {
  interpreter=$1
  case $interpreter in '~/'*) interpreter=$HOME/${interpreter#??} ;; esac
}
# True when $1 can be started.
is_program() {
  case $1 in
    */*) [ -x "$1" ] && ! [ -d "$1" ] ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}
