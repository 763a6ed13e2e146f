# A process id alone is used again: with its start time and the boot id it is one process.
started() {
  if read -r stat 2>/dev/null <"/proc/$1/stat"; then
    stat=${stat##*) }
    set -- $stat
    shift 19
    printf '%s' "$1"
  else
    ps -o lstart= -p "$1" 2>/dev/null | tr -d ' '
  fi
}
boot() {
  if read -r boot_id 2>/dev/null </proc/sys/kernel/random/boot_id; then printf '%s' "$boot_id"; else printf none; fi
}
