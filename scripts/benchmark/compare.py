"""Compares a run with an earlier one that scripts/bench wrote with --json."""

import json
import statistics

from report import spread, table

# Counted figures have one sample in each run. They are reproducible within this ratio.
COUNTED, COUNTED_NOISE = ("allocations_per_request", "bytes_per_request", "system_calls_per_request"), 0.01
# Parts of a run that are not compared: they only explain its figures.
DIAGNOSTIC = ("by_size", "by_function", "by_name", "sites", "core_busy", "idle_alloc", "idle_system")


def samples(document):
    """All figures of a run: lists of samples by name."""
    # Ratios first: a slower machine affects both parts of a ratio.
    found = {f"aim: {aim['words']}": aim["samples"] for aim in document["aims"] if len(aim["samples"]) > 1}

    def walk(name, value):
        if isinstance(value, bool) or isinstance(value, str):
            return
        if isinstance(value, (int, float)):
            found.setdefault(name, []).append(value)
        elif isinstance(value, dict):
            for key, part in value.items():
                walk(f"{name}, {key}" if name else key, part)
        elif isinstance(value, list):
            for part in value:
                # The list of queue measurements contains different figures, not samples of one figure.
                walk(f"{name}, {part['callers']} {part['app']}" if isinstance(part, dict) and "app" in part else name, part)

    walk("", {key: part for key, part in document.items() if key not in ("environment", "aims")})
    return {name: values for name, values in found.items() if not any(part in name for part in DIAGNOSTIC)}


def verdict(name, before, after):
    """CHANGED if the median of each run is outside the range of the other run."""
    if len(before) > 1 and len(after) > 1:
        def outside(value, values):
            return value < min(values) or value > max(values)
        changed = outside(statistics.median(after), before) and outside(statistics.median(before), after)
    elif name.endswith(COUNTED):
        changed = abs(after[0] - before[0]) > before[0] * COUNTED_NOISE
    else:
        return "one sample"
    return "CHANGED" if changed else "noise"


def show(earlier_path, document):
    earlier = json.loads(earlier_path.read_text())
    before, after = samples(earlier), samples(document)
    rows = []
    for name in (name for name in after if name in before):
        old, new = statistics.median(before[name]), statistics.median(after[name])
        digits = 0 if old >= 1000 else 1 if old >= 100 else 2
        change = f"{(new / old - 1) * 100:+.1f} %" if old else "–"
        rows.append([
            name, spread(before[name], digits), spread(after[name], digits), change,
            verdict(name, before[name], after[name])])
    table(f"this run compared with {earlier_path.name} (commit {earlier['environment']['commit']})",
          ["", "earlier", "now", "change", ""], rows)
    for key in ("cpu", "kernel", "nginx", "openssl", "seconds", "connections"):
        if earlier["environment"].get(key) != document["environment"].get(key):
            print(f"  {key} differs: {earlier['environment'].get(key)}, now {document['environment'].get(key)}")
