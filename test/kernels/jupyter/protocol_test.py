"""Jupyter's own conformance tests on the TinyLab kernel. Prints one JSON line with what was run, skipped and failed."""

import json
import sys
import unittest

import jupyter_kernel_test

HOST = '(globalThis as any)[Symbol.for("tinylab.kernel")]'


class TinyLabKernel(jupyter_kernel_test.KernelTests):
    kernel_name = "tinylab"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("hello, stderr")'
    completion_samples = [
        {"text": "Math.sqr", "matches": {"sqrt", "SQRT1_2", "SQRT2"}},
        {"text": "Math.hyp", "matches": {"hypot"}},
        {"text": "'\U0001f600'; Math.cosh", "matches": {"cosh"}},
    ]
    complete_code_samples = ["1 + 1", "const a = 1;", "function f() {\n  return 1;\n}", "for await (const x of [1]) {}", "[1, 2].map(x => x)"]
    incomplete_code_samples = ["function f() {", "const text = `open", "console.log(1,", "/* open", "const list = [1,"]
    invalid_code_samples = ["const = 3", "1 +* 2", ")", "let 3x = 1;\n"]
    code_page_something = "Math.sqrt?"
    code_generate_error = "throw new RangeError('too far')"
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": "'a' + 'b'", "result": "'ab'"},
        {"code": "[1, 2, 3].map(x => x * 2)", "result": "[ 2, 4, 6 ]"},
        {"code": "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>', 'text/plain': 'x' }) })", "mime": "text/html", "result": "<b>x</b>"},
    ]
    code_display_data = [
        {"code": HOST + '.display({ "text/html": "<b>bold</b>" })', "mime": "text/html"},
        {"code": HOST + '.display({ "image/svg+xml": "<svg/>", "text/plain": "picture" })', "mime": "image/svg+xml"},
    ]
    code_history_pattern = "1?+?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.sqrt"
    code_clear_output = HOST + ".clearOutput()"


class TinyLabWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "tinylab"
    support_iopub_welcome = True


class Counting(unittest.TestResult):
    """Counts subtests, which the plain result mentions only when they fail."""

    def __init__(self):
        super().__init__()
        self.passed_subtests = 0

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        self.passed_subtests += err is None


def main():
    result = Counting()
    loader = unittest.defaultTestLoader
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in (TinyLabKernel, TinyLabWelcome))
    suite.run(result)
    problems = [[str(test), text] for test, text in result.failures + result.errors]
    skipped = [str(test) for test, _ in result.skipped]
    print(json.dumps({"run": result.testsRun, "subtests": result.passed_subtests, "skipped": skipped, "problems": problems}))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
