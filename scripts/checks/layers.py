"""Checks that each module imports only modules of lower layers, as `layers` in Package.swift declares them."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMPORT = re.compile(r"^\s*(?:@\w+\s+)?(?:(?:public|internal|package|private|fileprivate)\s+)?import\s+(?:\w+\s+)?(\w+)", re.M)


def declared_layers(package):
    """The number of the layer of each module."""
    block = re.search(r"^let layers: \[\[String\]\] = \[\n(.*?)^\]", package, re.M | re.S)
    if not block:
        sys.exit("Package.swift: no declaration `let layers: [[String]] = [`")
    layers = re.findall(r"\[([^\]]*)\]", re.sub(r"//.*", "", block.group(1)))
    return {name: number for number, names in enumerate(layers) for name in re.findall(r'"(\w+)"', names)}


def modules(sources):
    """The folder of each module: those that hold sources directly or in sub-folders, below grouping folders."""
    for folder in sorted(path for path in sources.iterdir() if path.is_dir()):
        if folder.name in ("Providers", "CLibraries"):
            yield from sorted(path for path in folder.iterdir() if path.is_dir())
        else:
            yield folder


def problems(root):
    layers = declared_layers((root / "Package.swift").read_text())
    for folder in modules(root / "Sources"):
        module = folder.name
        if module not in layers:
            yield f"Package.swift: the module {module} is in no layer"
            continue
        for file in sorted(folder.rglob("*.swift")):
            for imported in IMPORT.findall(file.read_text()):
                if imported in layers and imported != module and layers[imported] >= layers[module]:
                    yield (
                        f"{file.relative_to(root)}: {module} (layer {layers[module]}) imports {imported} "
                        f"(layer {layers[imported]}); imports must go to lower layers")


def main():
    found = list(problems(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT))
    print("\n".join(found) or "every import goes to a lower layer")
    sys.exit(1 if found else 0)


main()
