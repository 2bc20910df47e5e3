#!/usr/bin/env python3
"""Compares a running gateway with the OpenAPI document that it serves at /openapi.json.

usage: check_openapi.py http://GATEWAY TEAM-KEY

Every documented method must exist at its path, and the values of reason, stage, advice and fault must be those of
/v1/failures. Prints the differences and exits with 1, or prints one line and exits with 0.
"""

import json
import re
import sys
import urllib.error
import urllib.request

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def main(gateway, key):
    problems = []

    def call(method, path, body=None):
        headers = {"Authorization": "Bearer " + key}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(gateway.rstrip("/") + path, data=body, method=method, headers=headers)
        try:
            answer = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.read()

    def read(path):
        status, body = call("GET", path)
        if status != 200:
            sys.exit(f"GET {path}: HTTP {status}")
        return json.loads(body)

    document = read("/openapi.json")
    schemas = document["components"]["schemas"]
    catalogue = read("/v1/failures")["failures"]
    apps = read("/v1/apps")["apps"]
    if not apps:
        sys.exit("the team of this key has no app")

    # Every call must exist at its path. Nothing is sent to a vendor: a body without members is refused before.
    values = {"appId": apps[0]["id"], "reason": catalogue[0]["reason"]}
    calls = 0
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method not in METHODS:
                continue
            calls += 1
            place = re.sub(r"\{(\w+)\}", lambda match: values[match[1]], path)
            parameters = [resolve(document, parameter) for parameter in operation.get("parameters", [])]
            query = [p["name"] + "=" + p["example"] for p in parameters if p["in"] == "query" and p.get("required")]
            body = b"{}" if "requestBody" in operation else None
            status, _ = call(method.upper(), place + ("?" + "&".join(query) if query else ""), body)
            expected = 400 if body else 200
            if status != expected:
                problems.append(f"{method.upper()} {place}: HTTP {status}, expected {expected}")
            if str(status) not in operation["responses"]:
                problems.append(f"{method.upper()} {path}: HTTP {status} is not documented")

    # The closed lists of the gateway are those of the catalogue, and those in its error messages for unknown values.
    def compare(schema, served):
        documented = schemas[schema]["enum"]
        if len(documented) != len(set(documented)):
            problems.append(f"{schema}: duplicate value")
        for word in sorted(set(served) - set(documented)):
            problems.append(f"{schema}: '{word}' is served, but not documented")
        for word in sorted(set(documented) - set(served)):
            problems.append(f"{schema}: '{word}' is documented, but not served")

    compare("Reason", [entry["reason"] for entry in catalogue])
    compare("Fault", [entry["fault"] for entry in catalogue])
    compare("Advice", [entry["advice"] for entry in catalogue] + ["none"])  # no reason has it

    # docs/failures.md is written from the example of the catalogue and from the descriptions of the values.
    responses = document["paths"]["/v1/failures"]["get"]["responses"]
    example = responses["200"]["content"]["application/json"]["example"]["failures"]
    for entry in example + catalogue:
        if entry not in example or entry not in catalogue:
            problems.append(f"the example of /v1/failures differs from the response: {entry['reason']}")
    for schema in ("Reason", "Fault", "Advice", "Stage", "Billed", "Delivery"):
        for name in ("x-enumDescriptions", "x-remedies") if schema == "Reason" else ("x-enumDescriptions",):
            if list(schemas[schema].get(name, {})) != schemas[schema]["enum"]:
                problems.append(f"{schema}: {name} does not describe every value")

    status, refusal = call("GET", "/v1/explanations?code=0&stage=nowhere")
    compare("Stage", re.findall(r"'([a-z-]+)'", json.loads(refusal)["detail"].split("must be one of")[1]))
    status, refusal = call("GET", "/v1/explanations?code=0&carrier=none")
    compare("Carrier", re.findall(r"'([A-Z]+)'", json.loads(refusal)["detail"].split("must be one of")[1]))
    for member, schema in {"channel": "Channel", "operation": "Operation"}.items():
        body = json.dumps({"channel": "h5", "operation": "login", member: "none-such"}).encode()
        status, refusal = call("POST", f"/v1/apps/{apps[0]['id']}/sessions", body)
        words = re.findall(r"'([a-z0-9-]+)'", json.loads(refusal)["detail"].split("must be one of")[1])
        compare(schema, words)

    for problem in problems:
        print(problem)
    if not problems:
        print(f"{calls} calls and {len(catalogue)} reasons are as documented")
    return 1 if problems else 0


def resolve(document, value):
    while "$ref" in value:
        target = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = target
    return value


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
