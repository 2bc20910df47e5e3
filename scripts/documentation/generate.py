"""Writes the reference documents, or with --check compares them with what their sources say now."""

import difflib
import json
import pathlib
import sys

import reference_api
import reference_configuration
import reference_failures
import reference_providers
import sdk_parameters

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT / "docs"


def documents():
    """The text of each document by its path below docs/."""
    contract = json.loads((ROOT / "Sources/Gateway/openapi.json").read_text())
    config = json.loads((ROOT / "schemas/config.schema.json").read_text())
    provider = json.loads((ROOT / "schemas/provider.schema.json").read_text())
    providers = reference_providers.load(ROOT / "providers")
    accounts = reference_providers.load_accounts(ROOT / "config.yaml")
    parameters = sdk_parameters.load(ROOT / "scripts/documentation/sdk_parameters.yaml")
    sdk_parameters.check(parameters, contract, providers)
    texts = {
        "configuration.md": reference_configuration.document(config),
        "api.md": reference_api.document(contract),
        "failures.md": reference_failures.document(contract, provider, providers),
        "providers/README.md": reference_providers.index(contract, provider, providers),
    }
    for item in providers:
        texts[f"providers/{item.name}.md"] = reference_providers.document(
            item, contract, provider, accounts, parameters)
    return texts


def check(texts, obsolete):
    """The names of the documents that are not current, after their differences are shown."""
    stale = []
    for name, text in texts.items():
        path = DOCUMENTS / name
        current = path.read_text() if path.exists() else ""
        if current == text:
            continue
        stale.append(f"docs/{name}")
        sys.stdout.writelines(difflib.unified_diff(
            current.splitlines(keepends=True), text.splitlines(keepends=True), f"docs/{name}",
            f"docs/{name}, as scripts/docs writes it"))
    return stale + [f"docs/{name}" for name in obsolete]


def main():
    try:
        texts = documents()
    except sdk_parameters.Inconsistency as problem:
        sys.exit(f"docs: scripts/documentation/sdk_parameters.yaml: {problem}")
    # A document of a provider whose file was removed or renamed.
    obsolete = sorted(
        f"providers/{path.name}" for path in (DOCUMENTS / "providers").glob("*.md")
        if f"providers/{path.name}" not in texts)
    if "--check" in sys.argv[1:]:
        stale = check(texts, obsolete)
        for name in stale:
            print(f"docs: {name} is not current; run scripts/docs", file=sys.stderr)
        return 1 if stale else 0
    (DOCUMENTS / "providers").mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = DOCUMENTS / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print(f"docs/{name} is written")
    for name in obsolete:
        (DOCUMENTS / name).unlink()
        print(f"docs/{name} is removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
