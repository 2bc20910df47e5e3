#!/usr/bin/env python3
"""Holds a running gateway against the contract that it serves at /openapi.json.

usage: check_openapi.py http://GATEWAY TEAM-KEY

Every documented method must be known at its path, and the words of reason, stage, advice and fault must be those of
/v1/failures. Prints what is wrong and exits 1, or one line and 0.
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

    # Every call is known at its path. Nothing is sent to a vendor: a body without members is refused first.
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
                problems.append(f"{method.upper()} {place}: HTTP {status} where {expected} was expected")
            if str(status) not in operation["responses"]:
                problems.append(f"{method.upper()} {path}: HTTP {status} is not documented")

    # The closed lists are the gateway's: those of the catalogue, and those that it names as it refuses another word.
    def compare(schema, served):
        documented = schemas[schema]["enum"]
        if len(documented) != len(set(documented)):
            problems.append(f"{schema}: a word stands twice")
        for word in sorted(set(served) - set(documented)):
            problems.append(f"{schema}: '{word}' is served, but not documented")
        for word in sorted(set(documented) - set(served)):
            problems.append(f"{schema}: '{word}' is documented, but not served")

    compare("Reason", [entry["reason"] for entry in catalogue])
    compare("Fault", [entry["fault"] for entry in catalogue])
    compare("Advice", [entry["advice"] for entry in catalogue] + ["none"])  # no reason advises it
    status, refusal = call("GET", "/v1/explanations?code=0&stage=nowhere")
    compare("Stage", re.findall(r"'([a-z-]+)'", json.loads(refusal)["detail"].split("must be one of")[1]))
    status, refusal = call("GET", "/v1/explanations?code=0&carrier=nobody")
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
