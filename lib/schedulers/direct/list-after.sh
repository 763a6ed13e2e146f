# $1 remote directory, $2 control directory, $3 file name of the program, $4 the kind of the list of what was there before, $5
# what `cksum` says of the program. Says what is there now.
find_directory "$1"
enter_remote "$1"
d=$2 file=$3 before=$4 brought=$5
# There is nothing but the program as it was brought.
is_bare() { [ "$before" = made ] && [ "$sum" = "$brought" ] && [ -x . ] && is_alone "$file"; }
sum=
if [ -f "./$file" ] && ! [ -L "./$file" ]; then sum=$(cksum <"./$file" 2>/dev/null); fi
say "sum $sum"
if [ "$before" = none ] || is_bare; then
  say bare
  exit 0
fi
choose_tool .
say "tool $tool"
if [ "$before" != made ]; then
  say before
  {
    read -r _ fence _ <"$d/begun"
    cat "$d/before.$fence"
  } 2>/dev/null
fi
say after
{ problem=$( (list_here) 2>&1 >&3 3>&-); } 3>&1
say "end $? $problem"
