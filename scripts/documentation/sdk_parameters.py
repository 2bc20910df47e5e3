"""The section "SDK parameters" of docs/providers/: the parameters of an SDK's functions, and the source of each one."""

import markdown
import yaml
from markdown import code, document as join, paragraph, table

SOURCES = {"page": "the page", "none": "not given"}
SIGNATURES = "[`POST …/signatures`](../api.md#post-v1appsappidsignatures)"


class Inconsistency(Exception):
    """sdk_parameters.yaml contradicts a provider file or the sessions of openapi.json."""


def load(path):
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)


def sessions(contract):
    """The members of `client.parameters` and `client.authPage` by provider, from the examples of a session."""
    content = contract["paths"]["/v1/apps/{appId}/sessions"]["post"]["responses"]["200"]["content"]["application/json"]
    found = {}
    for example in content["examples"].values():
        session = example["value"]
        members = found.setdefault(session["provider"], set())
        for part in ("parameters", "authPage"):
            members.update(f"client.{part}.{name}" for name in session["client"].get(part, {}))
    return found


def check(all_parameters, contract, providers):
    """Throws if a source does not exist, if a member of a session has no parameter, or if a document is unknown."""
    files = {provider.name: provider for provider in providers}
    given = sessions(contract)
    for name, channels in all_parameters.items():
        if name not in files:
            raise Inconsistency(f"there is no provider {name}")
        used = set()
        for channel, sdk in channels.items():
            if channel not in files[name].json["serves"]:
                raise Inconsistency(f"{name} does not support the channel {channel}")
            if sdk["document"] not in files[name].json["documents"]:
                raise Inconsistency(f"the document of {name}, {channel}, is not in providers/{name}.yaml")
            for function, call in sdk["functions"].items():
                for parameter, entry in call["parameters"].items():
                    place = f"{name}, {channel}: {parameter} of {function}"
                    source = entry["from"]
                    if source == "none" and "about" not in entry:
                        raise Inconsistency(f"{place} is not given, without a reason")
                    if source.startswith("client."):
                        used.add(source)
                        if source not in given.get(name, ()):
                            raise Inconsistency(f"{place}: no example of a session contains {source}")
                    elif source not in SOURCES and source != "signatures":
                        raise Inconsistency(f"{place}: unknown source {source}")
        for member in sorted(given.get(name, set()) - used):
            # These select the functions.
            if member not in ("client.authPage.type", "client.authPage.function", "client.authPage.submitFunction"):
                raise Inconsistency(f"{name}: no parameter has the source {member}")


def source_of(entry):
    source = entry["from"]
    return SIGNATURES if source == "signatures" else SOURCES.get(source) or code(source)


def rows(functions):
    for name, call in functions.items():
        condition = "optional" if call.get("optional") == "true" else call.get("about", "")
        function = code(name) + (f" ({condition})" if condition else "")
        if not call["parameters"]:
            yield call["section"], function, "none", "", "", ""
        for parameter, entry in call["parameters"].items():
            label = parameter if " " in parameter else code(parameter)
            yield (call["section"], function, label, entry.get("required", "not specified"), source_of(entry),
                   markdown.sentence(entry.get("about", "")))
            function = code(name)


def channel_section(channel, sdk):
    parts = [f"### Channel {channel}\n", paragraph(f"Document: {sdk['document']}."),
             table(["section", "function", "parameter", "required", "source", "remark"], rows(sdk["functions"]))]
    if "notes" in sdk:
        parts.append(markdown.bullets(sdk["notes"]))
    if "page" in sdk:
        parts += [paragraph("The document also requires the following. A session does not give it: the front end must "
                            "contain it."),
                  table(["section", "name", "remark"],
                        [(item["section"], code(item["name"]), item["about"]) for item in sdk["page"]])]
    return join(*parts)


def section(channels):
    return join(
        "## SDK parameters\n",
        paragraph("The parameters of the SDK's functions in the vendor's document, and the source of each value. "
                  "`client` is a member of the [response of a session](../api.md#post-v1appsappidsessions). "
                  "*Not specified*: the document does not mark the parameter as required or optional."),
        *[channel_section(channel, sdk) for channel, sdk in channels.items()])
