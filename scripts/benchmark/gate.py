"""Compares the counted cost of a verify request with thresholds.json. Usage: gate.py RESULTS.json

Exits with 1 if a figure is above its threshold. If it is far below, the word "lower" asks to lower the threshold."""

import json
import pathlib
import sys

from report import table

# A threshold that exceeds the figure by more than this ratio is too high.
MARGIN = 0.15
TITLES = {
    "allocations_per_request": "allocations", "bytes_per_request": "bytes allocated", "system_calls_per_request": "system calls"}


def main():
    results = json.loads(pathlib.Path(sys.argv[1]).read_text())
    thresholds = json.loads((pathlib.Path(__file__).parent / "thresholds.json").read_text())
    if set(thresholds) != set(TITLES):
        sys.exit(f"gate: thresholds.json requires exactly these keys: {', '.join(TITLES)}")
    figures = {**results["allocations"], **results["system_calls"]}
    rows, exceeded = [], False
    for name, threshold in thresholds.items():
        above = figures[name] > threshold
        exceeded |= above
        rows.append([
            TITLES[name], f"{figures[name]:,.2f}", f"{threshold:,}", f"{(figures[name] / threshold - 1) * 100:+.1f} %",
            "ABOVE" if above else "lower" if figures[name] < threshold * (1 - MARGIN) else "ok"])
    table("cost of one verify request", ["", "measured", "threshold", "difference", ""], rows)
    if exceeded:
        print("\ngate: a threshold is exceeded. scripts/bench --only allocations --sites shows the functions that allocate,\n"
              "scripts/bench --only syscalls the system calls. The thresholds are in scripts/benchmark/thresholds.json.",
              file=sys.stderr)
    return exceeded


if __name__ == "__main__":
    sys.exit(main())
