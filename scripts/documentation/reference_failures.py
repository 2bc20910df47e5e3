"""docs/failures.md: the catalogue of reasons, with the vendors' codes that they are used for."""

import markdown
from markdown import code, document as join, paragraph, table

SOURCES = "Sources/Gateway/openapi.json and providers/"


def catalogue(contract):
    """The entries of GET /v1/failures, in order."""
    response = contract["paths"]["/v1/failures"]["get"]["responses"]["200"]
    return response["content"]["application/json"]["example"]["failures"]


def vendor_reasons(provider_schema):
    """The reasons that a provider file may give to a code. The others are those of the gateway itself."""
    entry = provider_schema["definitions"]["row"]["anyOf"][1]
    return set(entry["properties"]["reason"]["enum"])


def link(reason):
    return f"[{code(reason)}](#{reason})"


def groups(entries, key):
    found = {}
    for entry in entries:
        found.setdefault(entry[key], []).append(entry["reason"])
    return found


def uses(providers, reason):
    """The providers with codes of this reason, and how many codes they have."""
    for provider in providers:
        codes = {(row.pattern, row.stages) for row in provider.rows if row.reason == reason}
        if codes:
            yield f"[{provider.name}](providers/{provider.name}.md#codes) ({len(codes)})"


def section(entry, schemas, vendor, providers):
    reason = entry["reason"]
    parts = [
        f"### {reason}\n",
        paragraph(f"{entry['title']} {entry['titleZh']}"),
        table(["HTTP status", "fault", "advice", "allowed for a vendor's code"],
              [(entry["status"], code(entry["fault"]), f"[{code(entry['advice'])}](#advice)",
                "yes" if reason in vendor else "no")]),
        paragraph("Meaning: " + schemas["Reason"]["x-enumDescriptions"][reason]),
        paragraph("What to do: " + schemas["Reason"]["x-remedies"][reason]),
    ]
    codes = list(uses(providers, reason))
    if codes:
        parts.append(paragraph("Codes: " + ", ".join(codes) + "."))
    return parts


def values(schemas, name):
    meanings = schemas[name]["x-enumDescriptions"]
    return table([name.lower(), "meaning"], [(code(word), meanings[word]) for word in schemas[name]["enum"]])


def document(contract, provider_schema, providers):
    schemas, entries = contract["components"]["schemas"], catalogue(contract)
    vendor = vendor_reasons(provider_schema)
    rows = [(link(entry["reason"]), entry["title"], entry["titleZh"], entry["status"], code(entry["fault"]),
             code(entry["advice"])) for entry in entries]
    by_fault, by_status = groups(entries, "fault"), groups(entries, "status")
    parts = [
        markdown.notice(SOURCES), "# Failures\n",
        paragraph(f"Every failure has one of {len(entries)} reasons. The list is closed and stable: programs decide by "
                  "`reason`. A reason implies an HTTP status, a fault and an advice. A code of a vendor may have "
                  "another advice; the response contains the one that applies."),
        paragraph("`GET /v1/failures` returns the list, `GET /v1/explanations` and `numgate explain CODE` the meaning "
                  "of a vendor's code. The members of a failure are in [api.md](api.md#failures)."),
        markdown.bullets(["[All reasons](#all-reasons)", "[Reasons by fault](#reasons-by-fault)",
                          "[Reasons by status](#reasons-by-status)", "[Advice](#advice)", "[Fault](#fault)",
                          "[Stage](#stage)", "[Billed and delivery](#billed-and-delivery)",
                          "[Each reason](#each-reason)"]),
        "## All reasons\n",
        table(["reason", "title", "title in Chinese", "HTTP status", "fault", "advice"], rows),
        "## Reasons by fault\n",
        table(["fault", "reasons"], [(code(word), ", ".join(map(link, by_fault[word])))
                                     for word in schemas["Fault"]["enum"] if word in by_fault]),
        "## Reasons by status\n",
        table(["HTTP status", "reasons"], [(status, ", ".join(map(link, by_status[status])))
                                           for status in sorted(by_status)]),
        paragraph("A response of `POST /v1/apps/{appId}/failures` has status 200 and contains the failure as member."),
        "## Advice\n",
        values(schemas, "Advice"),
        "## Fault\n",
        values(schemas, "Fault"),
        "## Stage\n",
        values(schemas, "Stage"),
        "## Billed and delivery\n",
        paragraph("`billed` is about money, `delivery` about the token. The provider file defines `billed` for each "
                  "code; [docs/providers](providers/README.md) lists it."),
        values(schemas, "Billed"),
        values(schemas, "Delivery"),
        "## Each reason\n",
    ]
    for entry in entries:
        parts += section(entry, schemas, vendor, providers)
    return join(*parts)
