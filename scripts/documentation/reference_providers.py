"""docs/providers/: a document for each file of providers/, and the table of all of them."""

import dataclasses

import markdown
import reference_failures
import sdk_parameters
import yaml
from markdown import block, code, document as join, paragraph, table

ORDER = ("acquire", "token", "prepare", "sign", "login", "verify", "gateway")
# What the abbreviations in `source` of the provider files mean.
SOURCES = [
    ("OD114", "China Mobile, *H5一键登录（微信小程序插件版）接入文档* V1.14 (2023)"),
    ("STD", "China Mobile, SDK for Android of the standard edition, document 5.8 (2021)"),
    ("UCL", "UCloud, `unvs-h5-sdk`: `phone-login.md` and `phone-auth.md` (2023)"),
    ("CL-MD", "Chuanglan, *微信小程序闪验SDK集成文档*"),
    ("VOLC-CODE", "Volcengine, documents 69190/1400241 and 1400242 (2025)"),
    ("ALI …", "Aliyun, help.aliyun.com/zh/pnvs, the page of this name"),
    ("JG, GeYan, Tencent, Mob", "the vendor's public documentation of its server API"),
    ("China Unicom LTRZ", "China Unicom's script for H5 pages"),
    ("public clients, third-party table", "published programs that call the vendor, and their lists of codes"),
    ("aliyun.md, china-mobile.md, other-vendors.md", "the maintainers' notes on the protocols, also `specs/…` in "
     "comments of the code; they are not part of this repository"),
]
KINDS = {"codes": "", "prefixes": "prefix", "statuses": "HTTP"}


@dataclasses.dataclass(eq=False)
class Row:
    """A code with its meaning, and the stages and carriers that it is valid for."""
    kind: str
    key: str
    entry: dict
    places: list

    @property
    def pattern(self):
        return f"{self.kind} {self.key}"

    @property
    def reason(self):
        return self.entry.get("reason")

    @property
    def stages(self):
        return tuple(stage for stage in ORDER if any(stage == place[0] for place in self.places))

    @property
    def carriers(self):
        found = []
        for _, carrier in self.places:
            if carrier not in found:
                found.append(carrier)
        return found


class Provider:
    """A provider file, with what it takes over from the file that it extends."""

    def __init__(self, name, json, base=None):
        self.name, self.base = name, base
        self.json = {**(base.json if base else {}), **json}
        self.adapter = self.json["adapter"]
        self.is_declarative = self.adapter == "declarative"
        for part in ("account", "inputs", "operations"):
            self.json[part] = {**(base.json[part] if base else {}), **json.get(part, {})}
        self.rows = self._rows(json.get("failures", {}))

    def _rows(self, failures):
        slots = {}
        for row in self.base.rows if self.base else []:
            copy = dataclasses.replace(row, places=list(row.places))
            slots |= {(place, row.pattern): copy for place in row.places}
        for stages, carriers in failures.items():
            for names, kinds in carriers.items():
                places = [(stage, carrier) for stage in stages.split("+") for carrier in names.split("+")]
                self._put(slots, places, kinds)
                for channels, codes in kinds.get("channels", {}).items():
                    self._put(slots, [(stage, f"{carrier} ({channel})") for stage, carrier in places
                                      for channel in channels.split("+")], codes)
        return list(dict.fromkeys(slots.values()))

    @staticmethod
    def _put(slots, places, kinds):
        for kind, entries in kinds.items():
            for key, entry in entries.items() if kind in KINDS else ():
                row = Row(kind, key, entry, list(places))
                for place in places:
                    replaced = slots.pop((place, row.pattern), None)
                    if replaced:
                        replaced.places.remove(place)
                    if entry != "none":
                        slots[place, row.pattern] = row

    @property
    def title(self):
        return f"{self.json['title']['en']} ({self.json['title']['zh']})"

    def operations(self, channel):
        return ", ".join(self.json["serves"][channel])

    def session(self, provider_schema):
        """What a session of this provider contains for the SDK."""
        if self.is_declarative:
            return "parameters" if "prepare" in self.json["operations"] else "none"
        adapter = provider_schema["properties"]["adapter"]
        meanings = dict(zip(adapter["enum"], adapter.get("enumDescriptions", [])))
        return meanings.get(self.adapter, "").removeprefix("session: ")

    @property
    def codes(self):
        """The number of codes as GET /v1/providers counts them: a code of two stages is two."""
        return sum(len(row.places) for row in self.rows)


def read(path):
    # Every scalar is read as the text that it is written with, as Numgate does.
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)


def load(folder):
    files = {path.stem: read(path) for path in sorted(folder.glob("*.yaml"))}
    bases = {name: Provider(name, json) for name, json in files.items() if "extends" not in json}
    extended = {name: Provider(name, json, bases[json["extends"]]) for name, json in files.items() if "extends" in json}
    return [item for _, item in sorted((bases | extended).items())]


def load_accounts(path):
    """The accounts of the shipped configuration, the first one of each provider, by the provider's name."""
    found = {}
    for account in read(path)["accounts"].values():
        found.setdefault(account["provider"], account)
    return found


# MARK: Fields

def value_of(field, provider_schema):
    """The values that a field accepts."""
    if "choices" in field:
        return " or ".join(code(choice) for choice in field["choices"])
    if "pattern" not in field:
        return "text"
    pattern = provider_schema["properties"]["account"]["additionalProperties"]["properties"]["pattern"]
    return dict(zip(pattern["enum"], pattern.get("enumDescriptions", []))).get(field["pattern"], field["pattern"])


def field_table(fields, provider_schema, kind):
    rows = []
    for name, field in fields.items():
        about = field.get("about", "")
        # A text that begins with one of the values keeps its first letter.
        is_value = about.split(" ")[0].rstrip(":;,") in field.get("choices", [])
        rows.append((code(name), "yes" if field.get("required") == "true" else "no",
                     code(field["default"]) if "default" in field else "", value_of(field, provider_schema),
                     "yes" if field.get("secret") == "true" else "", ", ".join(field.get("for", [])),
                     about + "." if is_value else markdown.sentence(about)))
    return table([kind, "required", "default", "values", "secret", "operations", "meaning"], rows)


def account_example(provider, accounts):
    """An account for config.yaml: the values of the sandbox, and references in place of secrets."""
    known = accounts.get(provider.name, {})
    lines = ["accounts:", f"  {provider.name}:", f"    provider: {provider.name}"]
    for name, field in provider.json["account"].items():
        if field.get("required") != "true":
            continue
        if field.get("secret") == "true" or "rsa" in field.get("pattern", ""):
            value = "${file:/run/secrets/" + f"{provider.name}-{name}" + "}"
        else:
            value = f'"{known[name]}"' if known.get(name, "").isdigit() else known.get(name, "…")
        lines.append(f"    {name}: {value}")
    return block("yaml", "\n".join(lines))


# MARK: Codes

def meaning(row):
    if "verdict" in row.entry:
        return f"verdict {code(row.entry['verdict'])}"
    if row.entry.get("success") == "true":
        return "success"
    return f"[{code(row.reason)}](../failures.md#{row.reason})"


def code_tables(provider, advice):
    """A table for each set of stages. `advice` has the advice of each reason."""
    groups = {}
    for row in provider.rows:
        groups.setdefault(row.stages, []).append(row)
    for stages, rows in sorted(groups.items(), key=lambda item: [ORDER.index(stage) for stage in item[0]]):
        yield f"### Stage {', '.join(stages)}\n"
        lines = []
        for row in rows:
            carriers = ", ".join(row.carriers)
            own = row.entry.get("advice") or advice.get(row.reason)
            lines.append((f"{KINDS[row.kind]} {code(row.key)}".strip(), "" if carriers == "any" else carriers,
                          meaning(row), code(own) if own else "", row.entry.get("billed", "no"), row.entry["text"],
                          row.entry.get("hint", ""), row.entry.get("source", "")))
        yield table(["code", "carrier", "reason", "advice", "billed", "vendor's text", "hint", "source"], lines)


# MARK: Documents

def sdk_table(provider):
    rows = []
    for channel, sdk in provider.json.get("sdk", {}).items():
        addresses = sdk.get("scripts", []) + sdk.get("styles", [])
        rows.append((code(channel), sdk.get("package", ""), " ".join(f"<{address}>" for address in addresses),
                     code(sdk["global"]) if "global" in sdk else "", code(sdk["entry"]) if "entry" in sdk else ""))
    return table(["channel", "package", "scripts and styles", "object", "entry point"], rows) if rows else ""


def request_table(provider):
    rows = []
    for name, operation in provider.json["operations"].items():
        request = operation.get("request")
        if request:
            rows.append((name, code(f"{request.get('method', 'POST')} {request['path']}")))
    return table(["operation", "request"], rows) if rows else ""


def pages(provider):
    for kind, page in provider.json.get("pages", {}).items():
        yield f"### Page type {kind}\n"
        yield paragraph(markdown.sentence(page["about"]))
        if "options" in page:
            yield table(["option", "values", "required", "default", "meaning"], option_rows(page["options"]))


def option_rows(options, group=""):
    """A row for each option, named by its path, and one for each group with a description."""
    for name, option in options.items():
        path = group + name
        if isinstance(option, str):
            yield code(path), option_values(option), "", "", ""
        elif isinstance(option, list):
            yield from option_rows(dict.fromkeys(option, "any"), path + ".") if option else [
                (code(path), "any", "", "", "")]
        elif "kind" not in option:
            yield from option_rows(option, path + ".")
        else:
            required = "yes" if option.get("required") == "true" else ""
            if "requiredIf" in option:
                required = f"if {code(option['requiredIf'])} is true"
            limit = f", at most {option['maxLength']} characters" if "maxLength" in option else ""
            yield (code(path), option_values(option["kind"]) + limit, required,
                   code(option["default"]) if "default" in option else "", markdown.sentence(option.get("about", "")))
            yield from option_rows(option.get("fields", {}), path + ".")


def option_values(declaration):
    """A kind as a word, and the permitted words as code."""
    parts = [part.strip() for part in declaration.split("|")]
    if len(parts) == 1:
        return parts[0]
    is_kind = parts[0] in ("length", "colour", "url", "number", "opacity")
    return " or ".join([parts[0] if is_kind else code(parts[0]), *map(code, parts[1:])])


def document(provider, contract, provider_schema, accounts, all_sdk_parameters):
    json = provider.json
    parameters = all_sdk_parameters.get(provider.name)
    sources = f"providers/{provider.name}.yaml"
    if parameters:
        sources += " and scripts/documentation/sdk_parameters.yaml"
    advice = {entry["reason"]: entry["advice"] for entry in reference_failures.catalogue(contract)}
    facts = [
        ("adapter", "declarative: the provider file defines the wire format" if provider.is_declarative
         else f"{code(provider.adapter)}, in Swift"),
        ("extends", f"[{provider.base.name}]({provider.base.name}.md)" if provider.base else ""),
        ("codes of the carriers' SDKs", ", ".join(
            f"[{name}](../../providers/carriers/{name}.yaml)" for name in provider.json.get("carriers", []))),
        ("codes of the SDK", ", ".join(
            f"{channel}: [{name}]({name}.md#codes)" for channel, name in provider.json.get("sdkCodes", {}).items())),
        ("endpoint", code(json["endpoint"])), ("time-out", json["timeout"]), ("token lifetime", json["tokenLife"]),
        ("session", provider.session(provider_schema)),
        ("provider file", f"[providers/{provider.name}.yaml](../../providers/{provider.name}.yaml)"),
        ("vendor's documents", "; ".join(json["documents"]))]
    parts = [
        markdown.notice(sources), f"# {provider.name}\n", paragraph(provider.title + "."),
        table(["channel", "operations"], [(code(channel), provider.operations(channel)) for channel in json["serves"]]),
        table(["property", "value"], [fact for fact in facts if fact[1]]),
    ]
    contents = ["[Account](#account)"]
    contents += [f"[{title}](#{markdown.slug(title)})" for title, part in (
        ("Inputs", json.get("inputs")), ("SDK", json.get("sdk")), ("SDK parameters", parameters),
        ("Requests", json.get("operations")), ("Authorisation pages", json.get("pages"))) if part]
    contents += ["[Unconfirmed](#unconfirmed)"] if json.get("unconfirmed") else []
    parts += [paragraph("Contents: " + ", ".join(contents + ["[Codes](#codes)"]) + "."), "## Account\n",
              paragraph("Fields of an account, besides those of [every account](../configuration.md#accountsname)."),
              field_table(json["account"], provider_schema, "field"), account_example(provider, accounts)]
    if json.get("inputs"):
        parts += ["## Inputs\n",
                  paragraph("Values that the SDK returns with the token. The team sends them as `inputs`."),
                  field_table(json["inputs"], provider_schema, "input")]
    if json.get("sdk"):
        parts += ["## SDK\n", sdk_table(provider)]
    if parameters:
        parts.append(sdk_parameters.section(parameters))
    if json.get("operations"):
        parts += ["## Requests\n", request_table(provider)]
    if json.get("pages"):
        parts += ["## Authorisation pages\n",
                  paragraph("[`page`](../configuration.md#appsnameh5page) of an app's channel selects the type and sets "
                            "its options. [Adding a provider](../adding-a-provider.md#options-of-authorisation-pages) "
                            "describes the kinds of values."), *pages(provider)]
    if json.get("unconfirmed"):
        parts += ["## Unconfirmed\n", paragraph("Facts that no public document of the vendor confirms."),
                  markdown.bullets(f"**{topic}**: {text}" for topic, text in json["unconfirmed"].items())]
    parts += ["## Codes\n",
              paragraph(f"{len(provider.rows)} entries. A code that is not listed is `unmapped`. The source of a code "
                        "is the vendor's document if no other is given."),
              *code_tables(provider, advice)]
    return join(*parts)


def index(contract, provider_schema, providers):
    rows = []
    for item in providers:
        channels = {}
        for channel in item.json["serves"]:
            channels.setdefault(item.operations(channel), []).append(channel)
        serves = "; ".join(f"{', '.join(names)}: {operations}" for operations, names in channels.items())
        rows.append((f"[{item.name}]({item.name}.md)", item.title, serves, item.session(provider_schema),
                     "declarative" if item.is_declarative else "Swift", item.json["tokenLife"], item.codes,
                     len(item.json.get("unconfirmed", {}))))
    return join(
        markdown.notice("providers/"), "# Providers\n",
        paragraph(f"{len(providers)} products of vendors. A provider file contains everything that may change without "
                  "a release. A further vendor is added by a file: see "
                  "[adding-a-provider.md](../adding-a-provider.md). The number of codes counts a code for each stage "
                  "and carrier that it is valid for."),
        table(["provider", "product", "channels: operations", "session", "adapter", "token lifetime", "codes",
               "unconfirmed"], rows),
        "## Sources\n",
        paragraph("The column *source* of the codes names public documents and programs:"),
        table(["source", "document"], SOURCES))
