"""The report of scripts/bench: tables of medians (min–max), ratios for each round, and the aims."""

import os
import pathlib
import platform
import statistics
import subprocess

from aims import column, differences, ratios, rsa_ratios

TITLES = {
    "proxy": "nginx proxy", "lua": "nginx + Lua", "numgate": "Numgate", "described": "Numgate, described",
    "acknowledged": "Numgate, acknowledged", "relaxed": "Numgate, relaxed",
    "large": "Numgate, large", "proxy-tls": "nginx proxy, TLS", "tls": "Numgate, TLS"}
# Processes of verify that are compared: the second is the reference of the first.
RATIOS = [("numgate", "lua"), ("numgate", "proxy"), ("described", "numgate"), ("large", "numgate"), ("tls", "numgate"),
          ("acknowledged", "numgate"), ("relaxed", "numgate"),
          ("proxy-tls", "proxy"), ("tls", "proxy-tls")]

# Call stacks in the report, functions of each, characters of each function.
SITES, SITE_FRAMES, SITE_WIDTH = 40, 5, 110


def environment(core, other, rounds, seconds, connections):
    def first_line(*command):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.stdout.splitlines()[0].strip() if done.returncode == 0 and done.stdout else "unknown"

    model = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return {
        "cpu": model,
        "cores": f"{core}: under test; {other}: vendor and wrk",
        "kernel": platform.release(),
        "load_before": os.getloadavg()[0],
        "nginx": first_line("nginx", "-v"),
        "openssl": first_line("openssl", "version"),
        "commit": first_line("git", "describe", "--always", "--dirty"),
        "rounds": rounds,
        "seconds": seconds,
        "connections": connections,
    }


def spread(values, digits):
    middle, low, high = (f"{value:,.{digits}f}" for value in (statistics.median(values), min(values), max(values)))
    if len(values) == 1:
        return middle
    return f"{middle} ({low} to {high})" if min(values) < 0 else f"{middle} ({low}–{high})"


def table(title, head, rows):
    print(f"\n{title}")
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        cells = [line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        print("  " + "   ".join(cells).rstrip())


def show_verify(verify):
    names = ["requests_per_second", "p50_ms", "p99_ms", "cpu_us_per_request"]
    rows = []
    for side, samples in verify.items():
        cells = [spread(column(samples, name), digits) for name, digits in zip(names, (0, 2, 2, 1))]
        busy = statistics.median(column(samples, "core_busy"))
        rows.append([TITLES[side], *cells, f"{busy * 100:.0f} %"])
    for above, below in RATIOS:
        if above in verify and below in verify:
            pairs = [ratios(column(verify[above], name), column(verify[below], name)) for name in names]
            rows.append([f"{TITLES[above]} / {TITLES[below]}", *(spread(pair, 2) for pair in pairs), ""])
    table("verify (openapi/rs/tokenValidate, keyType 0)",
          ["", "requests/s", "p50 ms", "p99 ms", "CPU µs/request", "core busy"], rows)
    print("  Below about 95 % busy, requests/s is limited by the vendor or wrk: compare CPU per request.")


def show_rsa(rsa):
    rows = []
    for mode, samples in rsa.items():
        numgate = samples["numgate"]
        rows.append([
            mode, spread(column(numgate, "requests_per_second"), 0), spread(samples["openssl"], 0),
            spread(rsa_ratios(samples), 2), spread(column(numgate, "cpu_us_per_request"), 1),
            spread(column(numgate, "p50_ms"), 2), spread(column(numgate, "p99_ms"), 2)])
    table("RSA: login signs once (SHA256withRSA), verify with keyType 1 signs and encrypts once; openssl speed only signs",
          ["", "requests/s", "openssl sign/s", "ratio", "CPU µs/request", "p50 ms", "p99 ms"], rows)


def show_latency(title, samples):
    names = ["p50_ms", "p99_ms", "p999_ms"]
    rows = [[side, *(spread(column(taken, name), 3) for name in names)] for side, taken in samples.items()]
    for above, below in (("numgate", "direct"), ("proxy", "direct"), ("direct again", "direct"), ("beside RSA", "alone")):
        if above in samples and below in samples:
            pairs = [differences(column(samples[above], name), column(samples[below], name)) for name in names]
            rows.append([f"{above} - {below}", *(spread(pair, 3) for pair in pairs)])
    table(title, ["", "p50 ms", "p99 ms", "p99.9 ms"], rows)


def show_allocations(figures):
    functions = ", ".join(f"{name} {number:.2f}" for name, number in figures["by_function"].items())
    print(f"\nallocations: {figures['allocations_per_request']:.2f} per request ({functions}), "
          f"{figures['bytes_per_request']:,.0f} bytes; {figures['frees_per_request']:.2f} frees; "
          f"{figures['idle_allocations_per_second']:.0f} per second while idle")
    names = [f"to {size:,} bytes" if size else "larger" for size in figures["by_size"]]
    table("allocations per request by size", ["", "allocations"], [
        [name, f"{number:.2f}"] for name, number in zip(names, figures["by_size"].values()) if number >= 0.005])
    for order in ("allocations", "bytes") if "sites" in figures else ():
        print(f"\ncall stacks with most {order} (innermost function first)")
        for site in sorted(figures["sites"], key=lambda site: -site[order])[:SITES]:
            print(f"  {site['allocations']:7.2f} allocations {site['bytes']:9,.0f} bytes")
            for name in site["stack"][:SITE_FRAMES]:
                print(f"      {name[:SITE_WIDTH]}")


def show(environment, results, aims):
    print(f"{environment['cpu']}, kernel {environment['kernel']}, load {environment['load_before']:.2f} before the run")
    print(f"commit {environment['commit']}; {environment['nginx']}; {environment['openssl']}")
    print(f"core {environment['cores']}; {environment['connections']} connections, one loop or worker, "
          f"{environment['rounds']} rounds of {environment['seconds']} s, interleaved; median (min–max)")
    print("nginx writes no access log; Numgate writes a log line for each request, to a file")
    if "verify" in results:
        show_verify(results["verify"])
    if "rsa" in results:
        show_rsa(results["rsa"])
    if "queue" in results:
        table("queues: 128 calls in flight, all other calls wait; memory after the first 10 s", [
            "", "requests/s", "p50 ms", "p99 ms", "CPU µs/request", "/ unqueued", "resident MB", "growth MB"], [
            [f"{s['callers']:,} callers, {s['app'].removeprefix('queued-')}", f"{s['requests_per_second']:,.0f}",
             f"{s['p50_ms']:.1f}", f"{s['p99_ms']:.1f}", f"{s['cpu_us_per_request']:.1f}", f"{s['cpu_ratio']:.2f}",
             f"{s['settled_mb']:.1f}", f"{s['growth_mb']:.1f}"] for s in results["queue"]["queued"]])
        default = results["queue"]["default"]
        print(f"  1,024 callers, 100 ms, default limits: {default['requests_per_second']:,.0f} requests/s, p50 "
              f"{default['p50_ms']:.1f} ms, p99 {default['p99_ms']:.1f} ms, core {default['core_busy'] * 100:.0f} % busy")
    if "rate" in results:
        show_latency("verify at 1,000 calls/s; latency from the scheduled time of each call", results["rate"])
        print("  'direct again - direct' is the noise of the measurement.")
    if "mixed" in results:
        mixed = results["mixed"]
        show_latency("HMAC-signed verify at 200 calls/s, alone and beside 16 connections of RSA-2048 logins",
                     {name: mixed[name] for name in ("alone", "beside RSA")})
        print(f"  RSA logins at the same time: {spread(column(mixed['RSA logins'], 'requests_per_second'), 0)} per second, "
              f"p99 {spread(column(mixed['RSA logins'], 'p99_ms'), 1)} ms")
    if "allocations" in results:
        show_allocations(results["allocations"])
    if "system_calls" in results:
        figures = results["system_calls"]
        table("system calls per request", ["", "number"], [
            *([name, f"{number:.2f}"] for name, number in figures["by_name"].items() if number >= 0.005),
            ["all", f"{figures['system_calls_per_request']:.2f}"]])
        print(f"  Already subtracted: {figures['idle_system_calls_per_second']:.0f} per second of the idle process.")
    if "memory" in results:
        table("resident memory of a fresh process, MB (nginx: master and worker)", ["", "idle", "10,000 connections"],
              [[TITLES[side], f"{sample['idle_mb']:.1f}", f"{sample['connected_mb']:.1f}"]
               for side, sample in results["memory"].items()])
    if "startup_ms" in results:
        table("start-up, from exec to the first 200 response of /readyz", ["", "ms"],
              [[TITLES[side], spread(samples, 1)] for side, samples in results["startup_ms"].items()])
    if "large_load_ms" in results:
        print("\n1,000 provider files, 1,000 accounts and 10,000 apps: read, checked and bound in "
              f"{spread(results['large_load_ms'], 0)} ms")
    if "lookup" in results:
        figures = results["lookup"]
        print(f"\nfailure tables: {figures['rows']} codes; look-up {figures['hit_ns']:.0f} ns (unlisted code "
              f"{figures['miss_ns']:.0f} ns), all provider files loaded in {figures['load_ms']:.1f} ms (medians)")
    if aims:
        table("aims", ["", "figure", "aim", ""], [
            [aim["words"], f"{spread(aim['samples'], 2)} {aim['unit']}".strip(),
             f"at {aim['sense']} {aim['bound']:,} {aim['unit']}".strip(),
             "met" if aim["met"] else "NOT MET"] for aim in aims])
