# First in every script. `mark` was set before: it tells our lines from a program's output.
say() { printf '\036%s %s\n' "$mark" "$*"; }
# Sets `directory` to path $1 with a leading `~` filled in.
find_directory() {
  case $1 in
    '~') directory=$HOME ;;
    '~/'*) directory=$HOME/${1#??} ;;
    /*) directory=$1 ;;
    *) directory=$HOME/$1 ;;
  esac
}
