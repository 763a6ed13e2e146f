# $1 commands, then the paths of interpreters. Says `missing` for each command that is not there, and for each interpreter
# `found` where it is, or `none`.
for name in $1; do is_program "$name" || say "missing $name"; done
shift
for path do
  fill_in_home "$path"
  if is_program "$interpreter"; then say "found $(command -v "$interpreter")"; else say none; fi
done
