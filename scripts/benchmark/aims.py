"""The aims of the benchmark: each has a bound and reads its samples from the results of a run."""

import statistics


def column(samples, name):
    return [sample[name] for sample in samples]


def ratios(above, below):
    return [a / b for a, b in zip(above, below)]


def differences(above, below):
    return [a - b for a, b in zip(above, below)]


def cpu_ratios(above, below):
    """Ratios of CPU per request of two processes in verify, one for each round."""
    def samples(results):
        name, verify = "cpu_us_per_request", results["verify"]
        return ratios(column(verify[above], name), column(verify[below], name))
    return samples


def rsa_ratios(samples):
    return ratios(column(samples["numgate"], "requests_per_second"), samples["openssl"])


def rsa(mode):
    return lambda results: rsa_ratios(results["rsa"][mode])


def added_p99(results):
    """The p99 through Numgate minus the p99 of direct calls to the vendor, one for each round."""
    rate = results["rate"]
    direct = [(a + b) / 2 for a, b in zip(column(rate["direct"], "p99_ms"), column(rate["direct again"], "p99_ms"))]
    return differences(column(rate["numgate"], "p99_ms"), direct)


def ledger_added(results, durability):
    rate = results["ledger_rate"]
    return differences(column(rate[durability], "p50_ms"), column(rate["numgate"], "p50_ms"))


def queue_throughput(results):
    default = results["queue"]["default"]
    # A fully used core also meets the aim.
    return [max(default["requests_per_second"], 9000 if default["core_busy"] > 0.95 else 0)]


# Name, description, unit, bound, direction (the figure is at "most" or at "least" the bound), function for the samples.
AIMS = [
    ("cpu", "CPU per request, Numgate / nginx + Lua", "×", 0.8, "most", cpu_ratios("numgate", "lua")),
    ("proxy", "CPU per request, Numgate / nginx proxy", "×", 1.6, "most", cpu_ratios("numgate", "proxy")),
    ("tls", "CPU per request, vendor over TLS / over HTTP", "×", 1.2, "most", cpu_ratios("tls", "numgate")),
    ("described", "CPU per request, described in a file / adapter in Swift", "×", 1.1, "most",
     cpu_ratios("described", "numgate")),
    ("large", "CPU per request, with 1,000 provider files and 10,000 apps / without", "×", 1.1, "most",
     cpu_ratios("large", "numgate")),
    ("large load", "1,000 provider files, 1,000 accounts and 10,000 apps loaded", "ms", 1000, "most",
     lambda results: results["large_load_ms"]),
    *((f"rsa {call} {bits}", f"{words}, {bits} bits, requests/s / openssl sign/s", "×", bound, "least",
       rsa(f"{call} {bits}"))
      for call, words in (("login", "login in RSA mode"), ("verify", "verify with keyType 1"))
      for bits, bound in ((1024, 0.75), (2048, 0.85))),
    ("allocations", "allocations per request", "", 16, "most",
     lambda results: [results["allocations"]["allocations_per_request"]]),
    ("bytes", "bytes allocated per request", "bytes", 3072, "most",
     lambda results: [results["allocations"]["bytes_per_request"]]),
    ("added p99", "p99 added at 1,000 calls/s", "ms", 0.5, "most", added_p99),
    ("mixed p99", "p99 of HMAC calls beside 16 connections of RSA-2048 logins", "ms", 2, "most",
     lambda results: column(results["mixed"]["beside RSA"], "p99_ms")),
    ("idle", "resident memory, idle", "MB", 40, "most", lambda results: [results["memory"]["numgate"]["idle_mb"]]),
    ("connected", "resident memory, 10,000 idle connections", "MB", 150, "most",
     lambda results: [results["memory"]["numgate"]["connected_mb"]]),
    ("queue growth", "resident memory, growth in 50 s with up to 4,096 callers waiting", "MB", 5, "most",
     lambda results: [max(column(results["queue"]["queued"], "growth_mb"))]),
    ("queue cpu", "CPU per request, most callers waiting / none waiting", "×", 1.2, "most",
     lambda results: [max(column(results["queue"]["queued"], "cpu_ratio"))]),
    ("queue throughput", "1,024 callers, vendor of 100 ms, default limits (or the core is full)", "requests/s", 9000,
     "least", queue_throughput),
    ("ledger cpu", "CPU per request, ledger acknowledged / off", "×", 1.15, "most", cpu_ratios("acknowledged", "numgate")),
    ("ledger rows", "rows committed per second, 1,024 callers that wait", "rows/s", 20_000, "least",
     lambda results: [results["ledger"]["rows_per_second"]]),
    ("ledger size", "a row on disk, with its index", "bytes", 200, "most",
     lambda results: [results["ledger"]["bytes_per_row"]]),
    ("ledger usage", "usage by day and app over 10 million rows", "ms", 1000, "most",
     lambda results: [results["ledger"]["usage_ms"]]),
    ("ledger added p50", "p50 added at 1,000 calls/s, acknowledged", "ms", 3, "most",
     lambda results: ledger_added(results, "acknowledged")),
    ("relaxed added p50", "p50 added at 1,000 calls/s, relaxed", "ms", 0.1, "most",
     lambda results: ledger_added(results, "relaxed")),
    ("limits", "limits of one call", "ns", 1000, "most", lambda results: [results["limits"]["call_ns"]]),
    ("limits with number", "limits of one call, with those of its number", "ns", 1000, "most",
     lambda results: [results["limits"]["number_ns"]]),
    ("limits on two threads", "limits of one call, on two threads with the same counters", "ns", 1000, "most",
     lambda results: [results["limits"]["two_threads_ns"]]),
    ("startup", "exec to ready", "ms", 100, "most", lambda results: results["startup_ms"]["numgate"]),
    ("lookup", "look-up of a code", "ns", 1000, "most", lambda results: [results["lookup"]["hit_ns"]]),
    ("load", "all provider files loaded", "ms", 50, "most", lambda results: [results["lookup"]["load_ms"]]),
]


def aims(results):
    """The measured aims, each with its samples, their median, and whether the median meets the bound."""
    measured = []
    for name, words, unit, bound, sense, read in AIMS:
        try:
            samples = read(results)
        except KeyError:
            continue
        figure = statistics.median(samples)
        measured.append({
            "name": name, "words": words, "unit": unit, "bound": bound, "sense": sense, "figure": figure,
            "samples": samples, "met": figure <= bound if sense == "most" else figure >= bound})
    return measured
