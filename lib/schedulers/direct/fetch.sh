# $1 remote directory, $2 what the files were listed with, $3 `odd` if there are backslashes in their names; then the names,
# `./` before each. Without any: on standard input, after `read`, a line `batch NAMES` for each batch, as the shell reads it.
find_directory "$1"
enter_remote "$1"
export LC_ALL=C TZ=UTC0
tool=$2 odd=$3
shift 3
# GNU tar takes `\n` in a name for a line end.
plain=
if [ -n "$odd" ]; then
  case $(tar --version 2>/dev/null) in *'GNU tar'*) plain=--no-unquote ;; esac
fi
# Each file, or part of it, and then how its record reads now.
batch() {
  if command -v tar >/dev/null 2>&1; then
    say tar
    tar -cf - $plain "$@" 2>/dev/null
  else
    for one do send "$one"; done
  fi
  say records
  records "$@"
  say sent
}
# One that grows has an end, too.
send() {
  say file
  set -f
  set -- "$1" $(ls -dnl "$1" 2>/dev/null)
  set +f
  [ -L "$1" ] || ! [ -f "$1" ] || dd if="$1" bs=65536 count="$((${6:-0} / 65536 + 1))" 2>/dev/null
}
if [ $# -gt 0 ]; then
  batch "$@"
else
  say read
  eval "$(cat)"
fi
say done
