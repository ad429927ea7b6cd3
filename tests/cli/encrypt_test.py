#!/usr/bin/env python3
"""keygen -> jwks public -> encrypt -> decrypt, and what they refuse."""

import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True  # The folder is the source tree.

from support import ASSAY, TIMEOUT_S, CliTest, assay, b64, main, unb64

SYMMETRIC = [
    "dir", "A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW",
    "PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW",
]
RSA = ["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"]
ECDH = ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"]
CURVES = ["P-256", "P-384", "P-521", "X25519"]
ENCS = ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM",
        "A192GCM", "A256GCM"]
LINES = "attack at dawn\nžluťoučký kůň 🐎\n"


class EncryptTest(CliTest):

    def decrypted(self, keys, tokens, *flags):
        return [unb64(o["plaintext"]).decode() for o in
                self.ok("decrypt", "--keys", keys, *flags, stdin=tokens).objects]

    def round_trip(self, keygen, encs, p2c=()):
        subprocess.run(["rm", "-f", "private", "public"], check=True)
        self.key("private", *keygen, "--kid", "k")
        public = "private"  # A secret has no public half.
        if keygen[0] not in SYMMETRIC:
            public = self.write(
                "public", self.ok("jwks", "public", "private").out)
        tokens = b"".join(
            self.ok("encrypt", "--keys", public, "--enc", enc, *p2c,
                    stdin=LINES).out for enc in encs)
        results = self.ok("decrypt", "--keys", "private", stdin=tokens).objects
        self.assertEqual(
            [(o["alg"], o["enc"], o["kid"], unb64(o["plaintext"]).decode())
             for o in results],
            [(keygen[0], enc, "k", line)
             for enc in encs for line in LINES.splitlines()])

    def test_every_algorithm_round_trips(self):
        cells = 0
        for alg in SYMMETRIC[1:] + RSA:
            with self.subTest(alg):
                self.round_trip([alg], ENCS, ["--p2c", "1000"])
                cells += len(ENCS)
        for enc in ENCS:
            with self.subTest(f"dir {enc}"):
                self.round_trip(["dir", "--enc", enc], [enc])
                cells += 1
        for alg in ECDH:
            for crv in CURVES:
                with self.subTest(f"{alg} {crv}"):
                    self.round_trip([alg, "--crv", crv], ENCS)
                    cells += len(ENCS)
        self.assertEqual(cells, (9 + 4) * 6 + 6 + 4 * 4 * 6)

    def test_by_pipe(self):
        completed = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", '''
                key=$("$assay" keygen --alg ECDH-ES+A256KW)
                "$assay" encrypt --keys <(echo "$key") |
                  "$assay" decrypt --keys <(echo "$key") --output verdicts'''],
            env={**os.environ, "assay": ASSAY}, input=LINES.encode(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT_S)
        self.assertEqual(completed.stdout, b"VALID\nVALID\n", completed.stderr)

    def test_takes_pem(self):
        pem = subprocess.run(
            ["openssl", "genpkey", "-algorithm", "x25519"],
            stdout=subprocess.PIPE, check=True, timeout=TIMEOUT_S).stdout
        self.write("k.pem", pem)
        tokens = self.ok("encrypt", "--keys", "k.pem", stdin="x").out
        result = self.ok("decrypt", "--keys", "k.pem", stdin=tokens).objects[0]
        self.assertEqual(result["alg"], "ECDH-ES")

    def test_binary_plaintext(self):
        self.key("k", "A128KW")
        data = bytes(range(256))
        tokens = self.ok("encrypt", "--keys", "k", "--plaintext", "base64url",
                         stdin=b64(data) + "\n").out
        shown = self.ok("decrypt", "--keys", "k", stdin=tokens).objects[0]
        self.assertEqual(unb64(shown["plaintext"]), data)

    def test_lines_that_cannot_be_encrypted_are_told_by_number(self):
        self.key("k", "A128KW")
        result = assay("encrypt", "--keys", "k", "--plaintext", "base64url",
                       stdin="YQ\nnot base64url!\n\nYg\n")
        self.assertEqual(result.code, 1)
        self.assertEqual(len(result.lines), 2)
        self.assertIn("assay encrypt: standard input:2: the line is not unpadded base64url",
                      result.err)
        self.assertIn("1 of 3 lines were not encrypted", result.err)
        long = assay("encrypt", "--keys", "k", stdin="x" * 1100000 + "\nx\n")
        self.assertEqual(long.code, 1)
        self.assertIn("standard input:1: the line is larger than the limit", long.err)
        self.assertEqual(len(long.lines), 1)
        # The line has room, the token has not.
        long = assay("encrypt", "--keys", "k", stdin="x" * 1000000 + "\n")
        self.assertEqual(long.code, 1)
        self.assertIn("standard input:1: the token would be larger", long.err)

    def test_headers_say_what_was_asked_for(self):
        self.key("k", "A128KW", "--kid", "my key")
        token = self.ok("encrypt", "--keys", "k", "--typ", "JWT", "--cty",
                        "JWT", stdin="x").lines[0]
        header = json.loads(unb64(token.split(".")[0]))
        self.assertEqual(header, {"alg": "A128KW", "enc": "A256GCM",
                                  "kid": "my key", "typ": "JWT", "cty": "JWT"})

    # RFC 7638 7: it would let anybody guess at the password by hashing.
    def test_a_password_s_thumbprint_is_never_told(self):
        self.write("pw", json.dumps({"kty": "oct", "k": b64("hunter2"),
                                     "alg": "PBES2-HS256+A128KW"}))
        token = self.ok("encrypt", "--keys", "pw", stdin="x").out
        header = json.loads(unb64(token.decode().split(".")[0]))
        self.assertNotIn("kid", header)
        self.assertEqual(self.decrypted("pw", token), ["x"])

    def test_passwords_round_trip_by_default(self):
        self.key("pw", "PBES2-HS256+A128KW")
        lines = "".join(f"{i}\n" for i in range(20))
        tokens = self.ok("encrypt", "--keys", "pw", stdin=lines).out
        self.assertEqual(self.decrypted("pw", tokens), lines.split())

    def test_a_nested_token_is_what_was_signed(self):
        self.key("sig", "ES256")
        self.key("enc", "ECDH-ES")
        signed = self.tokens("sig", {"sub": "joe"})[0]
        tokens = self.ok("encrypt", "--keys", "enc", "--cty", "JWT",
                         stdin=signed).out
        inner = self.decrypted("enc", tokens)[0]
        self.assertEqual(self.ok("verify", "--keys", "sig",
                                 stdin=inner).verdicts, ["VALID"])

    def test_json_carries_what_the_compact_form_cannot(self):
        self.key("k", "A128KW", "--kid", "k")
        tokens = self.ok(
            "encrypt", "--keys", "k", "--form", "jwe-json", "--aad", "for Bob",
            "--unprotected", '{ "jku": "https://example.com" }',
            stdin=LINES).objects
        self.assertEqual(
            sorted(tokens[0]),
            ["aad", "ciphertext", "encrypted_key", "iv", "protected", "tag",
             "unprotected"])
        self.assertEqual(json.loads(unb64(tokens[0]["protected"])),
                         {"alg": "A128KW", "enc": "A256GCM", "kid": "k"})
        self.assertEqual(tokens[0]["unprotected"],
                         {"jku": "https://example.com"})
        self.assertEqual(unb64(tokens[0]["aad"]), b"for Bob")
        general = self.ok("encrypt", "--keys", "k", "--form", "jwe-json",
                          "--general", stdin="x").objects[0]
        self.assertEqual([r["header"] for r in general["recipients"]],
                         [{"alg": "A128KW", "kid": "k"}])
        changed = {**tokens[1], "aad": b64(b"for Eve")}
        lines = "\n".join(json.dumps(t) for t in [*tokens, changed])
        result = assay("decrypt", "--keys", "k", "--form", "jwe-json",
                       stdin=lines)
        self.assertEqual(result.lines[0], (
            '{"index":0,"verdict":"VALID","alg":"A128KW","enc":"A256GCM",'
            f'"kid":"k","aad":"{b64(b"for Bob")}",'
            f'"plaintext":"{b64(LINES.splitlines()[0].encode())}"}}'))
        self.assertEqual(result.verdicts,
                         ["VALID", "VALID", "DECRYPTION_FAILED"])
        self.assertNotIn("aad", result.objects[2])
        # The form is the caller's word, never guessed.
        result = assay("decrypt", "--keys", "k", stdin=lines)
        self.assertEqual(set(result.verdicts), {"MALFORMED"})

    def test_each_of_several_recipients_decrypts(self):
        files = [self.key("a", "ECDH-ES+A256KW", "--kid", "alice"),
                 self.key("b", "RSA-OAEP-256", "--kid", "bob"),
                 self.key("c", "A128GCMKW", "--kid", "carol")]
        keys = [flag for file in files for flag in ["--keys", file]]
        kids = ["--kid", "alice", "--kid", "bob", "--kid", "carol"]
        tokens = self.ok("encrypt", *keys, "--form", "jwe-json", *kids,
                         "--enc", "A128CBC-HS256", stdin=LINES)
        self.assertEqual([r["header"]["kid"]
                          for r in tokens.objects[0]["recipients"]],
                         ["alice", "bob", "carol"])
        for file, kid in zip(files, ["alice", "bob", "carol"]):
            results = self.ok("decrypt", "--keys", file, "--form", "jwe-json",
                              stdin=tokens.out).objects
            self.assertEqual([(o["kid"], unb64(o["plaintext"]).decode())
                              for o in results],
                             [(kid, line) for line in LINES.splitlines()])
        self.key("d", "RSA-OAEP-256", "--kid", "dave")
        result = assay("decrypt", "--keys", "d", "--form", "jwe-json",
                       stdin=tokens.out)
        self.assertEqual(result.verdicts, ["UNKNOWN_KEY", "UNKNOWN_KEY"])

    def test_compresses_only_if_told_to(self):
        self.key("k", "A128KW")
        line = "a" * 100000
        for form in ["jwe", "jwe-json"]:
            token = self.ok("encrypt", "--keys", "k", "--form", form, "--zip",
                            stdin=line).out
            self.assertLess(len(token), 1000)
            decrypt = ["decrypt", "--keys", "k", "--form", form]
            result = assay(*decrypt, stdin=token)
            self.assertEqual(result.verdicts, ["UNSUPPORTED"])
            self.assertIn("zip", result.objects[0]["reason"])
            shown = self.ok(*decrypt, "--allow-zip", stdin=token).objects[0]
            self.assertEqual(unb64(shown["plaintext"]).decode(), line)
        long = assay("encrypt", "--keys", "k", "--zip", stdin="a" * 250001)
        self.assertIn("more than the limit of 250000 for compressed ones: "
                      "encrypt it without zip", long.err)

    def test_honest_compressed_tokens_never_spend_the_batchs_budget(self):
        self.key("k", "dir", "--enc", "A128GCM")
        token = self.ok("encrypt", "--keys", "k", "--enc", "A128GCM", "--zip",
                        stdin="a" * 250000).out
        result = assay("decrypt", "--keys", "k", "--allow-zip", "--output",
                       "verdicts", stdin=token * 300)
        self.assertEqual(result.out.split(), [b"VALID"] * 300)

    def test_a_file_of_compressed_tokens_takes_little_memory(self):
        self.key("k", "dir", "--enc", "A128GCM")
        token = self.ok("encrypt", "--keys", "k", "--enc", "A128GCM", "--zip",
                        stdin="a" * 250000).out
        num = 2300  # Of some 440 bytes: one batch, were they not compressed.
        with open("tokens", "wb") as tokens:
            tokens.write(token * num)
        process = subprocess.Popen(
            [ASSAY, "decrypt", "--keys", "k", "--allow-zip", "tokens"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        told = process.stderr.read().decode()
        process.stderr.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0, told)
        # The plaintexts and their encodings would be 1.3 GB.
        self.assertLess(usage.ru_maxrss, 800 * 1024, "kB at most")

    def test_refuses_what_makes_no_sense(self):
        self.key("sig", "ES256")
        self.key("enc", "ECDH-ES", "--kid", "e")
        self.refused(["encrypt", "--keys", "enc", "--aad", "x"],
                     "--form jwe-json", "no place for them")
        self.refused(["encrypt", "--keys", "enc", "--kid", "e", "--kid", "f"],
                     "several recipients", "--form jwe-json")
        self.refused(["encrypt", "--keys", "enc", "--form", "jwe-json",
                      "--kid", "e", "--kid", "e"], "ECDH-ES leaves no key")
        self.refused(["encrypt", "--keys", "enc", "--form", "jwe-json",
                      "--aad", ""], "--aad is empty")
        self.refused(["encrypt", "--keys", "enc", "--form", "jwe-json",
                      "--unprotected", '{"alg":"dir"}'],
                     "the unprotected header has alg")
        self.refused(["encrypt", "--keys", "enc", "--form", "jwe-json",
                      "--unprotected", "x"], "not a JSON object")
        self.refused(["decrypt", "--keys", "enc", "--form", "jws"],
                     "jwe-json")
        self.key("rsa", "RSA-OAEP")
        self.write("secret", json.dumps(
            {"kty": "oct", "k": b64(b"s" * 32), "use": "enc"}))
        public = self.write("public", self.ok("jwks", "public", "enc").out)
        self.refused(["encrypt"], "--keys")
        self.refused(["decrypt"], "--keys")
        self.refused(["encrypt", "--keys", "sig"], "no usable key",
                     "for signatures")
        self.refused(["decrypt", "--keys", "sig"], "no usable key",
                     "for signatures")
        self.refused(["sign", "--keys", "enc"], "no usable key",
                     "for encryption")
        self.refused(["verify", "--keys", public], "no usable key",
                     "for encryption")
        self.refused(["decrypt", "--keys", public], "private half is needed")
        self.refused(["encrypt", "--keys", "secret"], "must name its alg")
        self.refused(["encrypt", "--keys", "enc", "--keys", "rsa"],
                     "several keys", "\"e\"")
        self.refused(["encrypt", "--keys", "enc", "--kid", "f"], "no key \"f\"")
        self.refused(["encrypt", "--keys", "enc", "--alg", "A128KW"],
                     "no key serves A128KW")
        self.refused(["encrypt", "--keys", "enc", "--alg", "RSA1_5"],
                     "Bleichenbacher", "RSA-OAEP-256")
        self.refused(["encrypt", "--keys", "enc", "--enc", "A256"],
                     "\"A256\" is not known", "A256GCM")
        self.refused(["decrypt", "--keys", "enc", "--alg", "ES256"],
                     "\"ES256\" is not known", "ECDH-ES+A256KW")
        self.key("dir", "dir", "--enc", "A128GCM")
        self.refused(["encrypt", "--keys", "dir"], "A256GCM", "name the enc")
        self.key("pw", "PBES2-HS256+A128KW")
        self.refused(["encrypt", "--keys", "pw", "--p2c", "999"], "fewer than")
        self.refused(["encrypt", "--keys", "pw", "--p2c", "1000001"],
                     "more than the limit")

    def test_keygen_refuses_what_makes_no_sense(self):
        def keygen(*args, says):
            self.refused(["keygen", *args], *says)
        keygen("--alg", "dir", says=["--enc", "A256GCM"])
        keygen("--alg", "dir", "--enc", "A1", says=["\"A1\" is not known"])
        keygen("--alg", "A128KW", "--enc", "A128GCM", says=["leave it out"])
        keygen("--alg", "A128KW", "--crv", "P-256", says=["ECDH-ES family"])
        keygen("--alg", "ES256", "--crv", "P-256", says=["leave them out"])
        keygen("--alg", "ECDH-ES", "--crv", "P-257",
               says=["P-257", "X25519"])
        keygen("--alg", "ECDH-ES", "--bits", "2048", says=["--bits"])
        keygen("--alg", "RSA1_5", says=["RSA1_5", "RSA-OAEP-256"])


class JwksTest(CliTest):

    def test_prints_keys_of_both_kinds(self):
        files = [self.key("sig", "ES256", "--kid", "s"),
                 self.key("enc", "RSA-OAEP-256", "--kid", "r"),
                 self.key("x", "ECDH-ES", "--crv", "X25519", "--kid", "x")]
        keys = self.ok("jwks", "public", *files).objects[0]["keys"]
        self.assertEqual(
            [(k["kid"], k["use"], k["alg"]) for k in keys],
            [("s", "sig", "ES256"), ("r", "enc", "RSA-OAEP-256"),
             ("x", "enc", "ECDH-ES")])
        # Each command takes its own of them.
        self.write("set", json.dumps({"keys": keys}))
        token = self.ok("encrypt", "--keys", "set", "--kid", "r",
                        stdin="x").out
        self.assertEqual(
            self.ok("decrypt", "--keys", "enc", stdin=token).verdicts,
            ["VALID"])
        signed = "\n".join(self.tokens("sig", {}))
        self.assertEqual(
            self.ok("verify", "--keys", "set", stdin=signed).verdicts,
            ["VALID"])

    def test_a_file_without_a_usable_key_is_an_error(self):
        good = self.key("good", "ES256")
        self.write("bad", '{"keys":[{"kty":"XYZ"}]}')
        self.refused(["jwks", "public", good, "bad"], "bad", "no usable key")


class DecryptTest(CliTest):

    def test_tells_each_line_s_verdict(self):
        self.key("k", "A128KW", "--kid", "k")
        good = self.ok("encrypt", "--keys", "k", stdin="x").lines[0]
        bad = good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")
        lines = [good, bad, "junk", "a.b.c", good + ".x", good]
        result = assay("decrypt", "--keys", "k", stdin="\n".join(lines))
        self.assertEqual(result.code, 1)
        self.assertEqual(result.verdicts, [
            "VALID", "DECRYPTION_FAILED", "MALFORMED", "UNSUPPORTED",
            "MALFORMED", "VALID"])
        self.assertEqual(
            [o["index"] for o in result.objects], list(range(len(lines))))
        self.assertEqual(result.lines[0], '{"index":0,"verdict":"VALID",'
                         '"alg":"A128KW","enc":"A256GCM","kid":"k",'
                         '"plaintext":"eA"}')
        self.assertNotIn("plaintext", result.objects[1])
        self.assertIn("reason", result.objects[1])
        self.assertIn("6 tokens in", result.err)

    def test_text_goes_out_as_it_came_in(self):
        self.key("k", "A128KW")
        tokens = self.ok("encrypt", "--keys", "k", stdin=LINES).lines
        result = assay("decrypt", "--keys", "k", "--output", "text",
                       stdin="\n".join([tokens[0], "junk", tokens[1]]))
        self.assertEqual(result.code, 1)
        self.assertEqual(result.out.decode(), LINES)
        self.assertIn("assay decrypt: standard input:2: a compact JWE has",
                      result.err)

    def test_policy_of_algorithms(self):
        self.key("k", "A128KW")
        token = self.ok("encrypt", "--keys", "k", stdin="x").out
        for flags, verdict in [
                (["--alg", "A256KW"], "ALGORITHM_NOT_ALLOWED"),
                (["--alg", "A256KW", "--alg", "A128KW"], "VALID"),
                (["--enc", "A128GCM"], "ALGORITHM_NOT_ALLOWED"),
                (["--enc", "A256GCM"], "VALID")]:
            result = assay("decrypt", "--keys", "k", *flags, stdin=token)
            self.assertEqual(result.verdicts, [verdict], flags)

    def test_bombs_are_refused_before_they_cost_anything(self):
        self.key("pw", "PBES2-HS512+A256KW", "--kid", "p")
        def bomb(p2c):
            header = json.dumps({
                "alg": "PBES2-HS512+A256KW", "enc": "A128GCM",
                "p2s": "AAAAAAAAAAAAAAAAAAAAAA", "p2c": p2c})
            return ".".join([b64(header), b64(b"k" * 24), b64(b"i" * 12),
                             b64(b"c"), b64(b"t" * 16)])
        lines = [bomb(1000001), bomb(4294967295), bomb(2**64 - 1), bomb(2**63),
                 bomb(-1), bomb(0)]
        result = assay("decrypt", "--keys", "pw", stdin="\n".join(lines))
        self.assertEqual(result.verdicts,
                         ["TOO_EXPENSIVE"] * 4 + ["MALFORMED"] * 2)
        budget = ["--pbes2-budget", "2500"]
        result = assay("decrypt", "--keys", "pw", *budget,
                       stdin="\n".join([bomb(1000)] * 5))
        self.assertEqual(sorted(result.verdicts),
                         ["DECRYPTION_FAILED"] * 2 + ["TOO_EXPENSIVE"] * 3)
        zip_bomb = self.ok("encrypt", "--keys", "pw", "--p2c", "1000",
                           stdin="x").lines[0].split(".")
        header = json.loads(unb64(zip_bomb[0]))
        zip_bomb[0] = b64(json.dumps({**header, "zip": "DEF"}))
        result = assay("decrypt", "--keys", "pw", stdin=".".join(zip_bomb))
        self.assertEqual(result.verdicts, ["UNSUPPORTED"])
        recipient = {"header": json.loads(unb64(bomb(1000000).split(".")[0])),
                     "encrypted_key": b64(b"k" * 40)}
        token = {"recipients": [recipient] * 1000, "iv": b64(b"i" * 12),
                 "ciphertext": b64(b"c"), "tag": b64(b"t" * 16)}
        result = assay("decrypt", "--keys", "pw", "--form", "jwe-json",
                       stdin=json.dumps(token))
        self.assertEqual(result.verdicts, ["TOO_LARGE"])


if __name__ == "__main__":
    main()
