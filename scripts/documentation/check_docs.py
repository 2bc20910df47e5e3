"""Checks the Markdown files of the repository; see scripts/check-docs. Exits with 1 if there is a problem."""

import argparse
import pathlib
import subprocess
import sys

import commands
import gateway
import links

ROOT = pathlib.Path(__file__).resolve().parents[2]


def markdown_files(root):
    """The Markdown files that are tracked, or new and not ignored. Without a Git repository all of them."""
    if (root / ".git").exists():
        names = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "*.md"],
            cwd=root, check=True, capture_output=True, text=True).stdout.split("\0")
    else:
        names = [str(path.relative_to(root)) for path in root.rglob("*.md")]
    # Folders such as .venv contain the documents of others.
    names = [name for name in names if name and not any(
        part.startswith(".") and part != ".github" for part in pathlib.Path(name).parts)]
    return sorted(path for name in names if (path := root / name).is_file())


def check_links(root, files):
    checker = links.LinkChecker(root)
    for path in files:
        for line, problem in checker.problems(path):
            yield path, line, problem


def check_commands(files, place):
    """`place` makes the surroundings of a document's commands: a context with a folder and an environment."""
    for path in files:
        try:
            steps = list(commands.steps(path.read_text()))
        except commands.FaultyBlock as error:
            yield path, error.line, error.problem
            continue
        if steps:
            with place() as surroundings:
                for line, problem in commands.Runner(surroundings).problems(steps):
                    yield path, line, problem


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", help="the numgate that runs the commands; without it they are not run")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    files = [path.resolve() for path in options.files] or markdown_files(ROOT)
    problems = list(check_links(ROOT, files))
    if options.binary:
        problems += check_commands(files, lambda: gateway.Gateway(ROOT, options.binary))
    for path, line, problem in sorted(problems, key=lambda item: item[:2]):
        name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        print(f"{name}:{line}: {problem}")
    if not problems:
        count = sum(len(list(commands.steps(path.read_text()))) for path in files) if options.binary else 0
        print(f"no problem found; Markdown files: {len(files)}, commands: {count}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
