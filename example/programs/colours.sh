# Prints ANSI colours, then a progress bar that rewrites its own line.
escape=$(printf '\033')

for code in 31 32 33 34 35 36; do
  printf '%s[%sm%s%s[0m  %s[1;%smbold%s[0m  %s[7;%sminverse%s[0m\n' \
    "$escape" "$code" "colour $code" "$escape" "$escape" "$code" "$escape" "$escape" "$code" "$escape"
done
printf '%s[38;5;208m256 colours%s[0m and %s[38;2;90;160;255mtrue colour%s[0m\n\n' \
  "$escape" "$escape" "$escape" "$escape"

bar=''
step=0
while [ "$step" -lt 40 ]; do
  step=$(( step + 1 ))
  bar="$bar#"
  printf '\r%s[32m%-40s%s[0m %3d%%' "$escape" "$bar" "$escape" $(( step * 100 / 40 ))
  sleep 0.1
done
printf '\ndone\n'
