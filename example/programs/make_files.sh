# Makes files in sub-directories; each comes back as a result.
set -eu

mkdir -p runs/low runs/high summary
for energy in low high; do
  for run in 1 2 3; do
    file="runs/$energy/run-$run.csv"
    echo 'angle,counts' > "$file"
    angle=0
    while [ "$angle" -lt 90 ]; do
      echo "$angle,$(( (angle * 37 + run * 101) % 997 ))" >> "$file"
      angle=$(( angle + 10 ))
    done
    echo "wrote $file"
    sleep 0.2
  done
done
cat runs/*/*.csv | grep -vc angle > summary/points.txt
echo "wrote summary/points.txt: $(cat summary/points.txt) points"
