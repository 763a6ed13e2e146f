# $1 where the control root is wanted, $2 an id for a new one. Says `why` the wanted one does not do, and `root` or `none`.
# What holds a job's directory is not asked: /etc holds no control root.
W=/etc why_not= first_why=
choose_root "$1" "$2" || { say "none $why_not"; exit 0; }
[ -z "$first_why" ] || say "why $first_why"
problem=$(mkdir -m 700 -- "$root/$2" 2>&1 && rm -r -- "$root/$2" 2>&1) || { say "none $problem"; exit 0; }
say "root $root"
