"""What scripts/check-docs reports and accepts, and what scripts/docs makes of the sources of the reference."""

import contextlib
import io
import pathlib
import sys
import tempfile
import textwrap
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/documentation"))

import check_docs  # noqa: E402
import commands  # noqa: E402
import gateway  # noqa: E402
import generate  # noqa: E402
import markdown  # noqa: E402
import reference_providers  # noqa: E402


@contextlib.contextmanager
def place():
    """The surroundings of commands without a gateway."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        yield types.SimpleNamespace(
            folder=folder, environment=gateway.environment(folder), outward=lambda text: text, inward=lambda text: text)


class Repository(unittest.TestCase):
    """A small repository with one document to check."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve() / "repository"
        (self.root / "docs").mkdir(parents=True)
        (self.root / "docs/other.md").write_text("# Other\n\n## A `code` heading\n")
        (self.root / "docs/picture.png").write_bytes(b"")

    def problems(self, text):
        path = self.root / "docs/document.md"
        path.write_text(textwrap.dedent(text))
        found = [*check_docs.check_links(self.root, [path]), *check_docs.check_commands([path], place)]
        return [f"{line}: {problem}" for _, line, problem in found]

    def assertReported(self, text, line, words):
        found = self.problems(text)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f"{line}: ") and words in found[0], found)


class Links(Repository):
    def test_a_document_without_a_problem_is_accepted(self):
        self.assertEqual(self.problems("""\
            # Title

            ## 两个 命令（快应用）

            ## Same
            ## Same

            A [file](other.md), a [heading](#两个-命令快应用), [another](other.md#a-code-heading), the
            [second](#same-1), a [link in
            two lines](other.md), a ![picture](picture.png), a [reference][other], <a id="own">an</a> [anchor](#own).
            `[no link](missing.md)` and [outside](https://example.com/#x).

            [other]: other.md

            ```text
            [no link](missing.md)
            ```
            """), [])

    def test_a_dead_link_is_reported_with_its_line(self):
        self.assertReported("# Title\n\nA [link](missing.md).\n", 3, "points to a file that does not exist")
        self.assertReported("A ![picture](missing.png).\n", 1, "points to a file that does not exist")
        self.assertReported('An <img src="missing.png"> in HTML.\n', 1, "points to a file that does not exist")

    def test_a_dead_anchor_is_reported(self):
        self.assertReported("A [link](#missing).\n", 1, "points to a heading that does not exist")
        self.assertReported("A [link](other.md#missing).\n", 1, "points to a heading that does not exist")

    def test_an_undefined_reference_and_a_link_out_of_the_repository_are_reported(self):
        self.assertReported("A [link][missing].\n", 1, "is not defined")
        self.assertReported("A [link](../../outside.md).\n", 1, "leaves the repository")

    def test_a_path_of_a_machine_is_reported(self):
        home = "/ho" + "me/someone"
        self.assertReported(f"See {home}/numgate.\n", 1, "a path of a developer's machine")
        self.assertReported(f"```text\n{self.root}/config.yaml\n```\n", 2, "a path of a developer's machine")


class Commands(Repository):
    def checked(self, text):
        return f"```console checked\n{text}\n```\n"

    def test_the_right_output_is_accepted(self):
        self.assertEqual(self.problems(self.checked(
            "$ printf 'one\\ntwo\\nthree\\n'\none\n…\nthree\n\n"
            "$ value=7; echo \"the value $value ends\"\nthe … ends\n"
            "$ echo \"$value\" \\\n    again\n7 again\n")), [])

    def test_blocks_of_a_document_share_a_shell(self):
        self.assertEqual(self.problems("```sh checked\nvalue=7\n```\n" + self.checked("$ echo $value\n7")), [])

    def test_a_wrong_output_is_reported_with_its_line_and_difference(self):
        self.assertReported("\n" + self.checked("$ echo one\ntwo"), 3, "-two\n  +one")

    def test_a_missing_line_and_one_too_many_are_reported(self):
        self.assertReported(self.checked("$ true\none"), 2, "the output differs")
        self.assertReported(self.checked("$ echo one"), 2, "the output differs")
        self.assertReported(self.checked("$ printf 'one\\ntwo\\n'\none"), 2, "the output differs")

    def test_an_ellipsis_within_a_line_does_not_match_across_lines(self):
        self.assertReported(self.checked("$ printf 'one\\ntwo\\n'\no…o"), 2, "the output differs")
        self.assertTrue(commands.matches(["a…c"], ["abbc"]))
        self.assertFalse(commands.matches(["a…c"], ["abbd"]))

    def test_commands_that_cannot_run_are_reported(self):
        self.assertReported(self.checked("$ missing-command"), 2, "not found")
        self.assertReported(self.checked("$ exit"), 2, "the command ended the shell")
        self.assertReported(self.checked("one"), 2, "begins with a command")

    def test_a_block_that_is_not_marked_is_not_run(self):
        self.assertEqual(self.problems("```console\n$ echo one\ntwo\n```\n"), [])


class Reference(unittest.TestCase):
    def test_repeated_headings_get_numbers(self):
        self.assertEqual(markdown.anchors(["A", "A", "A b", "`GET /v1/apps`"]), ["a", "a-1", "a-b", "get-v1apps"])

    def test_a_provider_takes_over_the_codes_of_the_file_it_extends(self):
        codes = {"1": {"reason": "vendor-busy"}, "2": {"success": "true"}}
        base = reference_providers.Provider("base", {
            "adapter": "declarative", "serves": {"app": ["login"]}, "account": {"appId": {}},
            "failures": {"login+verify": {"YD+CT": {"codes": codes}}}})
        extended = reference_providers.Provider("extended", {
            "extends": "base", "account": {"appKey": {}},
            "failures": {"login": {"YD": {"codes": {"1": {"reason": "vendor-other"}, "2": "none"}}}}}, base)
        rows = {(row.key, row.reason): row.places for row in extended.rows}
        rest = [("login", "CT"), ("verify", "YD"), ("verify", "CT")]
        own = [("login", "YD")]
        self.assertEqual(rows, {("1", "vendor-busy"): rest, ("2", None): rest, ("1", "vendor-other"): own})
        self.assertEqual(list(extended.json["account"]), ["appId", "appKey"])
        self.assertEqual((base.codes, extended.codes), (8, 7))

    def test_a_document_that_is_not_current_is_named_with_its_difference(self):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            stale = generate.check({"missing.md": "text\n"}, ["providers/removed.md"])
        self.assertEqual(stale, ["docs/missing.md", "docs/providers/removed.md"])
        self.assertIn("+text", output.getvalue())


if __name__ == "__main__":
    unittest.main()
