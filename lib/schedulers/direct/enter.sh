# First in every script. `mark` was set before: it tells our lines from a program's output.
say() { printf '\036%s %s\n' "$mark" "$*"; }
# Where start-up files closed standard error.
if [ -e /dev/fd/1 ] && ! [ -e /dev/fd/2 ]; then exec 2>/dev/null; fi
# Where start-up files made one of both streams (`exec 2>&1`), what a helper complains of would be taken for output.
! [ /dev/fd/1 -ef /dev/fd/2 ] || exec 2>/dev/null
# Sets `directory` to path $1 with a leading `~` filled in.
find_directory() {
  case $1 in
    '~') directory=$HOME ;;
    '~/'*) directory=$HOME/${1#??} ;;
    /*) directory=$1 ;;
    *) directory=$HOME/$1 ;;
  esac
}
