# The control root: the folder of this account that holds the control directories, outside of any working directory.
# Makes the id of control root $1, which nobody makes twice: $2, unless somebody was quicker.
make_id() {
  chmod 700 "$1" && printf '%s\n' "$2" >"$1/id.$2" || return 1
  ln "$1/id.$2" "$1/id" 2>/dev/null || [ -s "$1/id" ] || {
    set -C
    printf '%s\n' "$2" >"$1/id"
    set +C
  }
  rm -f "$1/id.$2"
}
# Takes $1 as control root for work in directory $W, $2 as its id if it has none. Sets `root` and `id`, or
# `why_not`; 2: no other one will do.
take_root() {
  why_not=
  [ -d "$1" ] || why_not=$(mkdir -p -m 700 -- "$1" 2>&1)
  if [ -L "$1" ] || ! [ -d "$1" ] || ! [ -O "$1" ]; then
    why_not=${why_not:-$1 is no directory of this account}
    return 1
  fi
  cd -P -- "$1" 2>/dev/null || { why_not="$1 cannot be entered"; return 1; }
  root=$PWD
  cd -- "$W" || return 1
  case $W/ in "$root"/*) why_not="$W lies in the control directory $root"; return 2 ;; esac
  case $root/ in "${W%/}"/*) why_not="$W holds the control directory $root"; return 1 ;; esac
  if ! [ -s "$root/id" ]; then
    why_not=$(make_id "$root" "$2" 2>&1)
  fi
  read -r id 2>/dev/null <"$root/id" || { why_not=${why_not:-$root cannot be read}; return 1; }
}
# Where $1 (or `~/.drs`) does not do, a folder that no home directory holds does.
choose_root() {
  find_directory "${1:-~/.drs}"
  take_root "$directory" "$2"
  case $? in
    0) return ;;
    2) return 1 ;;
  esac
  first_why=$why_not
  take_root "/var/tmp/drs-$(id -u)" "$2" && return
  why_not="$first_why; $why_not"
  return 1
}
