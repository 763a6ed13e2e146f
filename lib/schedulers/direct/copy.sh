# $1 remote directory, $2 name of the attempt, $3 file name, $4 bytes of the program, which comes on standard input once this
# has said `read`. Puts it there, and no more.
find_directory "$1"
name=$2 file=$3 bytes=$4
refuse() {
  say "refused $*"
  exit 0
}
problem=$(mkdir -p -- "$directory" 2>&1) || refuse "directory $problem"
cd -- "$directory" 2>/dev/null || refuse "directory $directory cannot be entered"
! is_taken "$file" || refuse "program $taken"
part=.$name.part
say read
problem=$({ head -c "$bytes" >"$part"; } 2>&1) || {
  rm -f "$part"
  refuse "program $problem"
}
if [ "$(wc -c <"$part")" -ne "$bytes" ]; then
  rm -f "$part"
  exit 92 # The connection was cut, or the disk is full.
fi
problem=$(mv -f -- "$part" "./$file" 2>&1) || {
  rm -f "$part"
  refuse "program $problem"
}
say "copied $PWD/$file"
