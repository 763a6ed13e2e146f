"""Fails as programs do: prints a traceback on stderr and exits with 3."""

import sys
import traceback


def read_detector(name):
    calibration = {"east": 1.02, "west": 0.98}
    return calibration[name]


try:
    for detector in ("east", "west", "north"):
        print(f"calibration of detector {detector}: {read_detector(detector)}", flush=True)
except KeyError:
    traceback.print_exc()
    print("There is no calibration for this detector.", file=sys.stderr)
    sys.exit(3)
