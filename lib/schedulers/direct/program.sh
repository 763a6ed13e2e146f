# Becomes the program. $1 control directory, $2 fencing number; then the command line. Descriptor 9 leads to whoever started the attempt, 7 and 8
# are the pipes of the program.
trap : PIPE
{
  printf '%s\n' "$$" 1<>"$1/group.$2"
  # A cancel that found no group to end is seen here; one that comes later finds it.
  [ ! -e "$1/cancel" ] || exit 143
  printf 'started\n' >&9
} 2>/dev/null
shift 2
exec "$@" >&7 2>&8 7>&- 8>&- 9>&-
