"""Compares the counted cost of a verify call with thresholds.json: usage gate.py RESULTS.json.

Exits 1 if a figure is above its threshold. A figure far below it is shown as "lower": so should the threshold be."""

import json
import pathlib
import sys

from report import table

# A threshold is at most so much above the figure.
MARGIN = 0.15
TITLES = {
    "allocations_per_request": "allocations", "bytes_per_request": "bytes allocated", "system_calls_per_request": "system calls"}


def main():
    results = json.loads(pathlib.Path(sys.argv[1]).read_text())
    thresholds = json.loads((pathlib.Path(__file__).parent / "thresholds.json").read_text())
    if set(thresholds) != set(TITLES):
        sys.exit(f"gate: thresholds.json needs exactly: {', '.join(TITLES)}")
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
        print("\ngate: a threshold is exceeded. scripts/bench --only allocations --sites shows which functions allocate,\n"
              "scripts/bench --only syscalls the system calls. Thresholds are in scripts/benchmark/thresholds.json.",
              file=sys.stderr)
    return exceeded


if __name__ == "__main__":
    sys.exit(main())
