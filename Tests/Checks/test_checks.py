"""What scripts/check-layers and scripts/check-english reject, and what they accept."""

import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Layers(unittest.TestCase):
    def check(self, files):
        """The check of a small package with the given sources: its exit code and output."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            layers = '  ["Base"],\n  ["First", "Second"],\n  ["Top"],\n'
            (root / "Package.swift").write_text(f"let layers: [[String]] = [\n{layers}]\n")
            for name, text in files.items():
                (root / "Sources" / name).parent.mkdir(parents=True, exist_ok=True)
                (root / "Sources" / name).write_text(text)
            result = subprocess.run([ROOT / "scripts/check-layers", folder], capture_output=True, text=True)
            return result.returncode, result.stdout

    def test_imports_of_lower_layers_and_of_other_libraries_are_accepted(self):
        code, _ = self.check({"Base/a.swift": "import Glibc\n", "Top/Sub/b.swift": "public import Base\nimport First\n"})
        self.assertEqual(code, 0)

    def test_an_import_of_a_higher_layer_is_rejected_with_its_file(self):
        code, output = self.check({"Base/a.swift": "internal import Top\n"})
        self.assertEqual(code, 1)
        self.assertIn("Sources/Base/a.swift: Base (layer 0) imports Top (layer 2)", output)

    def test_an_import_within_a_layer_is_rejected_such_as_a_provider_that_imports_a_provider(self):
        code, output = self.check({"Providers/First/a.swift": "@testable import struct Second.Value\n"})
        self.assertEqual(code, 1)
        self.assertIn("First (layer 1) imports Second (layer 1)", output)

    def test_a_module_without_a_layer_is_rejected(self):
        code, output = self.check({"New/a.swift": ""})
        self.assertEqual(code, 1)
        self.assertIn("the module New is in no layer", output)


class English(unittest.TestCase):
    def check(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".swift", dir=ROOT / "Tests/Checks", prefix="sample-") as file:
            file.write(text)
            file.flush()
            name = str(pathlib.Path(file.name).relative_to(ROOT))
            result = subprocess.run([ROOT / "scripts/check-english", name], capture_output=True, text=True)
            return result.returncode, result.stdout

    def test_plain_sentences_are_accepted(self):
        self.assertEqual(self.check("/// The capacity of the queue, in calls.\n")[0], 0)

    def test_a_phrase_of_the_list_is_rejected_with_its_line_and_a_replacement(self):
        phrase = "no" + "body"
        code, output = self.check(f"// A comment.\n// It is read by {phrase}.\n")
        self.assertEqual(code, 1)
        self.assertIn(f":2: '{phrase}' -> ", output)


unittest.main()
