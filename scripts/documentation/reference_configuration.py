"""docs/configuration.md from the JSON Schema of config.yaml."""

import dataclasses
import json as jsonlib
import re

import markdown
from markdown import block, code, document as join, paragraph, table

SOURCES = "schemas/config.schema.json"
# What a schema writes as a pattern.
KINDS = {"^[0-9]+(ms|s|m|h|d)$": "duration", "^[0-9]+(KiB|MiB)?$": "size"}


@dataclasses.dataclass
class Key:
    path: str
    schema: dict
    is_required: bool
    is_reloadable: bool

    @property
    def name(self):
        return self.path.rsplit(".", 1)[-1]

    @property
    def anchor(self):
        return markdown.slug(self.path)


@dataclasses.dataclass
class Section:
    """An object of the file with its keys."""
    path: str
    schema: dict
    is_reloadable: bool
    keys: list

    @property
    def anchor(self):
        return markdown.slug(self.path or "config.yaml")


class Schema:
    def __init__(self, json):
        self.json = json

    def resolve(self, schema):
        if "$ref" in schema:
            return {**self.json["definitions"][schema["$ref"].split("/")[-1]], **schema}
        return schema

    def sections(self, schema=(), path="", is_reloadable=False):
        """The objects of the file, each followed by those below it."""
        schema = self.resolve(schema or self.json)
        keys, below = [], []
        required = schema.get("required", [])
        for name, value in schema.get("properties", {}).items():
            value = self.resolve(value)
            here = f"{path}.{name}" if path else name
            reloadable = value.get("x-reloadable", is_reloadable)
            keys.append(Key(here, value, name in required, reloadable))
            below += self.below(value, here, reloadable)
        return [Section(path, schema, is_reloadable, keys), *below]

    def below(self, value, path, is_reloadable):
        if "properties" in value:
            return self.sections(value, path, is_reloadable)
        # Keys that the author of the file chooses: names of teams, accounts and apps, then channels.
        if isinstance(value.get("additionalProperties"), dict):
            inner = self.resolve(value["additionalProperties"])
            pattern = value.get("propertyNames", {}).get("pattern", "")
            name = "CHANNEL" if "|" in pattern else "NAME"
            return self.below(inner, f"{path}.{name}", is_reloadable)
        return []


# MARK: Types and values

def type_of(schema, value):
    """The type and the accepted values of a key."""
    kind, values = describe(schema, value)
    return kind, "; ".join(dict.fromkeys(values))


def describe(schema, value):
    """The type, and what is known about the values."""
    if "anyOf" in value:
        kinds, values = zip(*[describe(schema, schema.resolve(branch)) for branch in value["anyOf"]])
        return " or ".join(dict.fromkeys(kinds)), [item for items in values for item in items]
    if "enum" in value:
        words = [code(word) for word in value["enum"] if isinstance(word, str)]
        meanings = value.get("enumDescriptions", [])
        if meanings:
            return "word", [f"{word}: {meaning}" for word, meaning in zip(words, meanings)]
        return "word", [" or ".join(words)]
    if value.get("type") == "array":
        kind, values = describe(schema, schema.resolve(value["items"]))
        return f"list of {kind}", values + ([f"at least {value['minItems']}"] if value.get("minItems") else [])
    kind = KINDS.get(value.get("pattern"))
    if kind == "duration":
        return kind, [f"{value['x-minimum']} to {value['x-maximum']}"]
    if kind == "size":
        return kind, [f"{size(value['minimum'])} to {size(value['maximum'])}"]
    if value.get("type") == "integer":
        return "integer", [f"{value['minimum']:,} to {value['maximum']:,}"]
    if value.get("type") in ("object", "boolean"):
        return value["type"], []
    return "text" if "type" in value else "any value", [value["x-format"]] if "x-format" in value else []


def size(count):
    for unit, name in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if count % unit == 0:
            return f"{count // unit}{name}"
    return str(count)


def example_of(value):
    if "examples" in value:
        return value["examples"][0]
    return value.get("default")


# MARK: Sections

def key_rows(schema, section):
    for key in section.keys:
        kind, values = type_of(schema, key.schema)
        inner = schema.below(key.schema, key.path, key.is_reloadable)
        name = f"[{code(key.name)}](#{inner[0].anchor})" if inner else code(key.name)
        default = code(key.schema["default"]) if "default" in key.schema else "required" if key.is_required else ""
        yield (f'<a id="{key.path}"></a>{name}', kind, default, values, "reload" if key.is_reloadable else "restart",
               markdown.sentence(key.schema.get("description", "")))


def flow(value):
    """A value as YAML: JSON, without the quotes of words that need none."""
    if isinstance(value, str) and value.replace("-", "").replace(".", "").isalnum() and not value[0].isdigit() \
            and value not in ("true", "false", "null", "yes", "no", "on", "off"):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]+([a-z]+|[KM]iB)", value):
        return value
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    return jsonlib.dumps(value, ensure_ascii=False)


def example(section):
    lines, indent = [], ""
    for part in section.path.split(".") if section.path else []:
        names = {"teams.NAME": "shop", "apps.NAME": "shop", "apps.NAME.CHANNEL": "h5", "accounts.NAME": "mobile-h5"}
        place = ".".join(section.path.split(".")[:len(lines) + 1])
        lines.append(f"{indent}{names.get(place, part)}:")
        indent += "  "
    values = [(key.name, example_of(key.schema)) for key in section.keys]
    given = [f"{indent}{name}: {flow(value)}" for name, value in values if value is not None]
    return block("yaml", "\n".join(lines + given)) if given else ""


def section_parts(schema, section):
    depth = "##" if "." not in section.path else "###"
    parts = [f"{depth} {section.path}\n"]
    if section.schema.get("description"):
        parts.append(paragraph(markdown.sentence(section.schema["description"])))
    header = ["key", "type", "default", "values", "change", "meaning"]
    parts.append(table(header, key_rows(schema, section)))
    if section.schema.get("additionalProperties") is True:
        parts.append(paragraph("Further keys are the fields that the provider file declares; "
                               "[docs/providers](providers/README.md) lists them."))
    for name, definition in definitions(schema, section):
        rows = [(code(key.name), *type_of(schema, key.schema), markdown.sentence(key.schema.get("description", "")))
                for key in definition.keys]
        parts += [paragraph(f"An element of {name} can be an object instead of a name:"),
                  table(["key", "type", "values", "meaning"], rows)]
    parts.append(example(section))
    return parts


def definitions(schema, section):
    """The objects that a list of this section accepts beside names."""
    shown = set()
    for key in section.keys:
        reference = key.schema.get("$ref")
        branches = key.schema.get("items", {}).get("anyOf", [])
        for branch in branches:
            if "properties" in branch and reference not in shown:
                shown.add(reference)
                names = [other.name for other in section.keys if other.schema.get("$ref") == reference]
                yield " and ".join(map(code, names)), schema.sections(branch, key.path, key.is_reloadable)[0]


def document(json):
    schema = Schema(json)
    sections = schema.sections()
    root, rest = sections[0], sections[1:]
    index = []
    for section in rest:
        links = ", ".join(f"[{code(key.name)}](#{key.path})" for key in section.keys)
        index.append((f"[{section.path}](#{section.anchor})", links))
    parts = [
        markdown.notice(SOURCES), "# Configuration\n",
        paragraph("Reference of `config.yaml`. `numgate check` reports every error as `file:line:column: message`. "
                  "`schemas/config.schema.json` lets an editor complete and check the keys."),
        "## Index\n",
        table(["section", "keys"], index),
        "## Values\n",
        markdown.bullets([
            "**change**: `reload` means that a running gateway applies a change of the file. `restart` means that the "
            "change has no effect until the next start. [operations.md](operations.md) describes both.",
            "**duration**: a whole number with a unit: `ms`, `s`, `m`, `h` or `d`, such as `500ms` or `2m`.",
            "**size**: a number of bytes, or a number with `KiB` or `MiB`, such as `65536` or `64KiB`.",
            "**text**: quotes are optional. A number is read as the text that is written.",
            "`${env:NAME}` is the value of an environment variable, `${file:path}` the content of a file without the "
            "line ends at its end. Both are allowed for session keys, the proxy and the fields of an account. A secret "
            "field of an account must use one of them, unless the account's endpoint is a loopback address. All paths "
            "are relative to `config.yaml`.",
            "A default is the value of an absent key. Keys without a default are optional unless `required` is in this "
            "column. An unknown key is an error."]),
        "## config.yaml\n",
        table(["key", "change", "meaning"],
              [(f"[{code(key.name)}](#{(schema.below(key.schema, key.path, True) or [key])[0].anchor})",
                "reload" if key.is_reloadable else "restart", markdown.sentence(key.schema.get("description", "")))
               for key in root.keys]),
    ]
    for section in rest:
        parts += section_parts(schema, section)
    return join(*parts)
