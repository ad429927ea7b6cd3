#!/usr/bin/env python3
"""examples/ and the README's tour do what they say."""

import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True  # The folder is the source tree.

import console
from support import ASSAY, ASSAYD, TIMEOUT_S, CliTest, assay, main

ROOT = os.getcwd()  # Bazel starts tests at the root of the tree.

POLICY = ["--issuer", "https://login.example.com", "--audience", "api",
          "--typ", "at+jwt", "--require", "sub,exp"]

# What the README of the examples says of tokens.txt.
VERDICTS = ["VALID", "VALID", "VALID", "EXPIRED", "NOT_YET_VALID",
            "INVALID_SIGNATURE", "UNKNOWN_KEY", "MALFORMED", "UNSUPPORTED",
            "ALGORITHM_NOT_ALLOWED", "WRONG_ISSUER", "WRONG_AUDIENCE",
            "WRONG_TYPE", "MISSING_CLAIM", "INVALID_CLAIM", "MALFORMED"]


def without_comments(text, ending):
    """The config with the commented lines up to one that is `ending`."""
    lines = text.splitlines(keepends=True)
    first = next(i for i, l in enumerate(lines)
                 if l == "# listeners {\n")
    last = next(i for i in range(first, len(lines)) if lines[i] == ending)
    for i in range(first, last + 1):
        lines[i] = lines[i][2:]
    return "".join(lines)


class DocumentTest(CliTest):
    """In a folder with a copy of the examples, and the programs on PATH."""

    def setUp(self):
        super().setUp()
        os.mkdir("bin")
        for name, program in [("assay", ASSAY), ("assayd", ASSAYD)]:
            os.symlink(program, os.path.join("bin", name))
        # As git leaves them: readable by everybody.
        shutil.copytree(os.path.join(ROOT, "examples"), "examples")
        for name in os.listdir("examples"):
            script = name.endswith(".sh")
            os.chmod(os.path.join("examples", name), 0o755 if script else 0o644)
        self.edit_config(lambda text: text.replace(
            "127.0.0.1:7080", "127.0.0.1:0"))

    def edit_config(self, edit):
        path = "examples/assayd.textproto"
        text = edit(self.read(path))
        self.write(path, text, mode=0o644)

    def check_document(self, path, folder):
        text = self.read(os.path.join(ROOT, path))
        steps = console.steps_of(text)
        self.assertGreater(len(steps), 3)
        printed = console.run(steps, folder, os.path.abspath("bin"), TIMEOUT_S)
        for step, text in zip(steps, printed):
            self.assertEqual(console.comparable(text),
                             console.comparable(step.shown),
                             f"{path} shows something else for: {step.command}")


class ReadmeTest(DocumentTest):

    def test_the_examples_print_what_their_readme_shows(self):
        self.check_document("examples/README.md", "examples")

    def test_the_tour_prints_what_the_readme_shows(self):
        os.mkdir("tour")
        self.check_document("README.md", "tour")

    def test_a_document_that_shows_something_else_is_noticed(self):
        self.write("wrong.md", "```console\n$ echo a\nb\n$ true\n$ true\n$ true"
                               "\n```\n")
        with self.assertRaises(AssertionError):
            self.check_document(os.path.abspath("wrong.md"), ".")


class TokensTest(DocumentTest):

    def test_every_token_has_the_verdict_that_the_readme_tells(self):
        result = assay("verify", "--keys", "examples/public.jwks", *POLICY,
                       "examples/tokens.txt")
        self.assertEqual((result.code, result.verdicts), (1, VERDICTS))

    def test_the_script_makes_the_same_tokens(self):
        made = subprocess.run(
            ["examples/make_tokens.sh"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=TIMEOUT_S,
            env={**os.environ,
                 "PATH": f"{os.path.abspath('bin')}:{os.environ['PATH']}"})
        self.assertEqual(made.returncode, 0, made.stderr)
        tokens = made.stdout.decode().splitlines()
        shipped = self.read("examples/tokens.txt").splitlines()
        for i, (token, old) in enumerate(zip(tokens, shipped)):
            # ES256 and a key that is made each time: the signature differs.
            same = slice(0, 2) if i in (1, 6) else slice(0, 3)
            self.assertEqual(token.split(".")[same], old.split(".")[same], i)
        result = assay("verify", "--keys", "examples/public.jwks", *POLICY,
                       stdin=made.stdout)
        self.assertEqual(result.verdicts, VERDICTS)

    def test_what_is_published_is_marked(self):
        for name in os.listdir("examples"):
            text = self.read(os.path.join("examples", name))
            if name.endswith((".jwk", ".jwks")) and name != "public.jwks":
                self.assertIn("PUBLISHED FOR DEMONSTRATION ONLY", text)
                self.assertTrue(name.startswith("demo-only-"), name)
            # Neither a private member nor a secret anywhere else.
            elif not name.startswith("README"):
                self.assertNotRegex(text, r'"(d|k)" *: *"')


class ConfigTest(DocumentTest):

    def start(self):
        num_listeners = len(re.findall(
            r"^listeners", self.read("examples/assayd.textproto"), re.M))
        return self.assayd("--config=assayd.textproto", cwd="examples",
                           num_listeners=num_listeners)

    def certificates(self):
        """server and client certificates of an authority of their own."""
        subprocess.run(["bash", "-euc", """
            make() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
                -nodes -subj "/CN=$1" -keyout "$1.key" "${@:2}"; }
            make clients-ca -x509 -out clients-ca.pem
            echo subjectAltName=DNS:localhost > san
            for name in server client; do
              make "$name" -out "$name.csr"
              openssl x509 -req -in "$name.csr" -CA clients-ca.pem \
                -CAkey clients-ca.key -CAcreateserial -extfile san \
                -out "$name-chain.pem"
            done"""], cwd="examples", check=True, timeout=TIMEOUT_S,
                       stderr=subprocess.DEVNULL)

    def test_every_field_is_shown(self):
        config = self.read("examples/assayd.textproto")
        proto = self.read(os.path.join(ROOT, "proto/assay/v1/config.proto"))
        fields = re.findall(r"^  (?:repeated )?[\w.]+ (\w+) = \d+;", proto,
                            re.M)
        self.assertGreater(len(fields), 20)
        for field in fields:
            self.assertRegex(config, r"\b%s\b" % field)

    def test_check_config_finds_it_good(self):
        checked = subprocess.run(
            [ASSAYD, "--config=assayd.textproto", "--check-config"],
            cwd="examples", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=TIMEOUT_S)
        self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_the_server_starts_with_it_and_stops(self):
        process, log = self.start()
        self.assertEqual([e["key_set"] for e in log if "key_set" in e],
                         ["login", "issuing", "internal"])
        result = assay("verify", "--server", "unix:examples/assayd.sock",
                       "--key-set", "login", *POLICY, "examples/tokens.txt")
        self.assertEqual((result.code, result.verdicts), (1, VERDICTS))
        self.stop(process)

    def test_so_it_does_with_the_tls_that_it_shows_in_comments(self):
        self.edit_config(lambda text: without_comments(text, "# }\n").replace(
            "0.0.0.0:7443", "127.0.0.1:0"))
        self.certificates()
        process, log = self.start()
        address = next(e["address"] for e in log if e.get("tls"))
        verify = ["verify", "--server", "localhost:" + address.split(":")[1],
                  "--key-set", "login", "--ca", "examples/clients-ca.pem",
                  "--output", "verdicts", *POLICY, "examples/tokens.txt"]
        self.refused(verify, "UNAVAILABLE")  # No client certificate.
        result = assay(*verify, "--cert", "examples/client-chain.pem", "--key",
                       "examples/client.key")
        self.assertEqual(result.lines, VERDICTS, result.err)
        self.stop(process)


if __name__ == "__main__":
    main()
