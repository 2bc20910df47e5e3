"""docs/api.md from the OpenAPI document that the gateway serves."""

import re

import markdown
from markdown import block, code, document as join, paragraph, table

METHODS = ("get", "put", "post", "patch", "delete")
SOURCES = "Sources/Gateway/openapi.json"
FAILURES = "failures.md"
LONGEST = 72


class Contract:
    """The OpenAPI document with its references."""

    def __init__(self, json):
        self.json = json
        self.schemas = json["components"]["schemas"]
        self.reasons = self.schemas["Reason"]["enum"]

    def resolve(self, value):
        while "$ref" in value:
            name = value["$ref"].split("/")[-1]
            target = self.json
            for part in value["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            # A description beside the reference is about this use.
            value = {**target, **{key: item for key, item in value.items() if key != "$ref"}, "x-name": name}
        return value

    def endpoints(self):
        for path, item in self.json["paths"].items():
            for method in METHODS:
                if method in item:
                    yield Endpoint(self, method.upper(), path, item[method])

    def values(self):
        """The schemas that are a list of words."""
        return {name: schema for name, schema in self.schemas.items() if "enum" in schema and name != "Reason"}


class Endpoint:
    def __init__(self, contract, method, path, json):
        self.contract, self.method, self.path, self.json = contract, method, path, json
        self.title = f"{method} {path}"
        self.parameters = [contract.resolve(parameter) for parameter in json.get("parameters", [])]
        self.is_public = json.get("security") == []

    @property
    def anchor(self):
        return markdown.slug(self.title)

    def failures(self):
        return {status: response for status, response in self.json["responses"].items() if not status.startswith("2")}

    def success(self):
        response = self.contract.resolve(self.json["responses"]["200"])
        return response, *next(iter(response["content"].items()))


# MARK: Types and members

def type_of(contract, schema):
    """The type as a reader sees it, and the schema behind a reference or a nullable type."""
    schema = contract.resolve(schema)
    for branch in schema.get("oneOf", []):
        if branch.get("type") != "null" and {"type": "null"} in schema["oneOf"]:
            return type_of(contract, {**branch, "description": schema.get("description", "")})
    if schema.get("x-name") in contract.values() or schema.get("x-name") == "Reason":
        name = schema["x-name"]
        return f"[{name}](#{name.lower()})" if name != "Reason" else f"[Reason]({FAILURES})", schema
    if "const" in schema:
        return code(str(schema["const"]).lower() if isinstance(schema["const"], bool) else schema["const"]), schema
    if "enum" in schema:
        return " or ".join(code(word) for word in schema["enum"]), schema
    kinds = schema.get("type", "object")
    kinds = [kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"]
    if kinds == ["array"]:
        inner, _ = type_of(contract, schema["items"])
        return f"list of {inner}", schema
    return " or ".join(kinds), schema


def limits(schema):
    notes = []
    if "minLength" in schema or "maxLength" in schema:
        low, high = schema.get("minLength"), schema.get("maxLength")
        notes.append(f"{low} to {high} characters" if low and high else f"at most {high} characters" if high
                     else "not empty" if low == 1 else f"at least {low} characters")
    if "minimum" in schema:
        notes.append(f"{schema['minimum']} to {schema['maximum']}" if "maximum" in schema
                     else f"{schema['minimum']} or more")
    if "pattern" in schema:
        notes.append(f"pattern {code(schema['pattern'])}")
    if "format" in schema:
        notes.append({"date-time": "RFC 3339", "uri": "URI"}.get(schema["format"], schema["format"]))
    return " ".join(markdown.sentence(note) for note in notes)


def spans(text):
    """A description whose paths of endpoints are code."""
    return re.sub(r"(?<![`\w}])/v1/[a-zA-Z/{}]+", lambda match: code(match[0]), text)


def members(contract, schema, prefix="", seen=()):
    """For each member of an object, and of the objects below it: name, type, whether it is required, description."""
    schema = contract.resolve(schema)
    variants = [contract.resolve(variant) for variant in schema.get("oneOf", [])]
    if variants and all("properties" in variant for variant in variants):
        schema = {
            "properties": {name: item for variant in variants for name, item in variant["properties"].items()},
            "required": [name for name in variants[0]["required"] if all(name in v["required"] for v in variants)]}
    for name, value in schema.get("properties", {}).items():
        kind, inner = type_of(contract, value)
        if inner.get("x-name", "") in seen:
            kind = f"[{inner['x-name']}](#failure)"
        notes = [part for part in (markdown.sentence(inner.get("description", "")), limits(inner)) if part]
        yield prefix + name, kind, name in schema.get("required", []), spans(" ".join(notes))
        items = contract.resolve(inner.get("items", {}))
        below = inner if "properties" in inner else items
        here = prefix + name + ("[]." if below is items else ".")
        inner_name = below.get("x-name")
        if inner_name not in seen + ("Failure",) and ("properties" in below or "oneOf" in below):
            yield from members(contract, below, here, seen + ((inner_name,) if inner_name else ()))


def member_table(contract, schema, required):
    own = contract.resolve(schema).get("x-name")
    rows = [(code(name), kind, "yes" if is_required else "no", text)
            for name, kind, is_required, text in members(contract, schema, seen=(own,) if own else ())]
    return table(["member", "type", required, "meaning"], rows) if rows else ""


# MARK: Examples

def shortened(value):
    """Long tokens of an example without their middle."""
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shortened(item) for item in value]
    is_token = isinstance(value, str) and len(value) > LONGEST and re.fullmatch(r"[!-~]+", value)
    return value[:32] + "…" + value[-8:] if is_token and "://" not in value else value


def examples(contract, content):
    """The summaries and values of the examples of a body."""
    if "example" in content:
        return [("", content["example"])]
    found = [contract.resolve(example) for example in content.get("examples", {}).values()]
    return [(example.get("summary", ""), example["value"]) for example in found]


def request_example(endpoint, body):
    path, query = endpoint.path, []
    for parameter in endpoint.parameters:
        if parameter["in"] == "path":
            value = parameter.get("example") or endpoint.contract.resolve(parameter["schema"])["enum"][0]
            path = path.replace("{" + parameter["name"] + "}", value)
        elif parameter["in"] == "query" and "example" in parameter:
            query.append(f"{parameter['name']}={parameter['example']}")
    lines = [f"{endpoint.method} {path}{'?' + '&'.join(query) if query else ''} HTTP/1.1"]
    if not endpoint.is_public:
        lines.append("Authorization: Bearer KEY")
    if body is not None:
        lines += ["Content-Type: application/json", "", markdown.compact_json(shortened(body))]
    return block("http", "\n".join(lines))


def response_examples(contract, content, kind):
    parts = []
    for summary, value in examples(contract, content):
        if summary:
            parts.append(paragraph(markdown.sentence(summary).rstrip(".") + ":"))
        if isinstance(value, dict):
            longest = next((key for key, item in value.items() if isinstance(item, list) and len(item) > 4), None)
            text = markdown.compact_json(shortened({**value, longest: value[longest][:2]} if longest else value))
            parts.append(block("json", re.sub(r"\n  \]\n\}$", ",\n    …\n  ]\n}", text) if longest else text))
        else:
            parts.append(block("text" if kind.startswith("text") else "json", str(value)))
    return parts


# MARK: Sections

def linked(contract, text):
    """A description with links from its reasons to the document of failures."""
    def link(match):
        return f"[{match[0]}]({FAILURES}#{match[1]})" if match[1] in contract.reasons else match[0]

    text = re.sub(r"the reasons with status \d+", rf"[\g<0>]({FAILURES}#reasons-by-status)", text)
    return re.sub(r"`([a-z-]+)`", link, text)


def failure_table(contract, responses):
    rows = [(status, linked(contract, contract.resolve(response)["description"]))
            for status, response in responses.items()]
    return table(["status", "meaning and reasons"], rows)


def endpoint_section(contract, endpoint, common):
    parts = [f"### {code(endpoint.title)}\n", paragraph(markdown.sentence(endpoint.json["summary"]) + " "
             + endpoint.json.get("description", ""))]
    parts.append(paragraph("Authentication: none." if endpoint.is_public
                           else "Authentication: [team key or client certificate](#keys-and-certificates)."))
    own = [parameter for parameter in endpoint.parameters if parameter["in"] != "header"]
    if own:
        rows = []
        for parameter in own:
            kind, schema = type_of(contract, parameter["schema"])
            text = parameter.get("description") or schema.get("description", "")
            is_required = "yes" if parameter.get("required") else "no"
            rows.append((code(parameter["name"]), parameter["in"], kind, is_required, spans(text)))
        parts.append(table(["parameter", "in", "type", "required", "meaning"], rows))
    body = endpoint.json.get("requestBody")
    parts.append("**Request**\n")
    if body:
        content = body["content"]["application/json"]
        parts.append(member_table(contract, content["schema"], "required"))
        for summary, value in examples(contract, content):
            if summary:
                parts.append(paragraph(markdown.sentence(summary).rstrip(".") + ":"))
            parts.append(request_example(endpoint, value))
    else:
        parts.append(request_example(endpoint, None))
    response, kind, content = endpoint.success()
    text = "" if response["description"] == "OK." else " " + response["description"]
    parts.append(paragraph(f"**Response** 200, `{kind}`.{text}"))
    parts.append(member_table(contract, content.get("schema", {}), "always present"))
    parts += response_examples(contract, content, kind)
    own_failures = {status: item for status, item in endpoint.failures().items() if common.get(status) != item}
    if own_failures:
        parts += ["**Failures** in addition to the [common failures](#common-failures)\n",
                  failure_table(contract, own_failures)]
    else:
        parts.append("**Failures**: the [common failures](#common-failures).\n")
    return parts


def common_failures(endpoints):
    """For each status the failure that most of the endpoints document in the same way."""
    found = {}
    for endpoint in endpoints:
        for status, item in endpoint.failures().items():
            found.setdefault(status, []).append(item)
    common = {status: max(items, key=items.count) for status, items in found.items()}
    return {status: item for status, item in sorted(common.items())
            if found[status].count(item) > len(endpoints) / 2}


def value_sections(contract):
    for name, schema in contract.values().items():
        meanings = schema.get("x-enumDescriptions", {})
        yield f"### {name}\n"
        yield paragraph(schema.get("description", ""))
        yield table(["value", "meaning"], [(code(word), meanings.get(word, "")) for word in schema["enum"]])


def header_rows(contract):
    for name, header in (("x-request-id", "RequestId"), ("x-numgate-overhead-us", "Overhead"),
                         ("Idempotency-Replayed", "IdempotencyReplayed"), ("Retry-After", "RetryAfter")):
        item = contract.json["components"]["headers"][header]
        yield code(name), item["description"], code(item["example"])


def document(json):
    contract = Contract(json)
    endpoints = list(contract.endpoints())
    common = common_failures(endpoints)
    rows = [(f"[{code(endpoint.title)}](#{endpoint.anchor})", endpoint.json["summary"],
             "none" if endpoint.is_public else "team") for endpoint in endpoints]
    schemes = contract.json["components"]["securitySchemes"]
    problem = contract.json["components"]["examples"]["token-expired"]["value"]
    parts = [
        markdown.notice(SOURCES), "# HTTP API\n",
        *[paragraph(text) for text in json["info"]["description"].split("\n\n")],
        paragraph(f"This is version {json['info']['version']} of the API. A gateway serves its own version as "
                  "OpenAPI 3.1 at [`/openapi.json`](#get-openapijson)."),
        table(["endpoint", "purpose", "authentication"], rows),
        paragraph("Further sections: [keys and certificates](#keys-and-certificates), [headers](#headers), "
                  "[failures](#failures), [values](#values). The reasons of failures are in "
                  f"[{FAILURES}]({FAILURES})."),
        "## Keys and certificates\n",
        markdown.bullets([
            "`Authorization: Bearer KEY`: " + schemes["teamKey"]["description"],
            "Client certificate (TLS): " + schemes["teamCertificate"]["description"]]),
        "## Headers\n",
        paragraph("Request: `x-request-id`. " + contract.json["components"]["parameters"]["RequestId"]["description"]),
        paragraph("Request: `Idempotency-Key`, for sessions, login and verify. "
                  + contract.json["components"]["parameters"]["IdempotencyKey"]["description"]
                  + " See [Idempotency](idempotency.md)."),
        paragraph("Response:"),
        table(["header", "meaning", "example"], header_rows(contract)),
    ]
    for tag in json["tags"]:
        parts += [f"## {tag['name']}\n", paragraph(tag["description"])]
        for endpoint in endpoints:
            if tag["name"] in endpoint.json["tags"]:
                parts += endpoint_section(contract, endpoint, common)
    parts += [
        "## Failures\n",
        paragraph("A failure is `application/problem+json` (RFC 9457), except in a response of "
                  "[`POST /v1/apps/{appId}/failures`](#post-v1appsappidfailures), which contains it as a member."),
        "### Problem\n",
        member_table(contract, {"$ref": "#/components/schemas/Problem"}, "always present"),
        markdown.json_block(problem),
        "### Failure\n",
        member_table(contract, {"$ref": "#/components/schemas/Failure"}, "always present"),
        "### Common failures\n",
        paragraph("These can occur at every endpoint, those about authentication only at endpoints that need it."),
        failure_table(contract, common),
        "## Values\n",
        *value_sections(contract),
    ]
    return join(*parts)
