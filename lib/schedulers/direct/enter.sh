# $1 remote directory, $2 name of the control directory. The mark comes first on standard input.
IFS= read -r mark || exit 90
say() { printf '\036%s %s\n' "$mark" "$*"; }
find_directory() {
  case $1 in
    '~') directory=$HOME ;;
    '~/'*) directory=$HOME/${1#??} ;;
    /*) directory=$1 ;;
    *) directory=$HOME/$1 ;;
  esac
}
find_directory "$1"
name=$2
control=.drs/$name
printf '\036%s hello\n' "$mark" >&2
say hello
