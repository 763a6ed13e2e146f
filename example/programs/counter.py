"""Counts on both streams: even numbers on stdout, odd ones on stderr."""

import sys
import time

for number in range(20):
    stream = sys.stderr if number % 2 else sys.stdout
    print(f"{number:2d} {'odd, on stderr' if number % 2 else 'even, on stdout'}", file=stream, flush=True)
    time.sleep(0.3)
