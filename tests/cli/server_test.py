#!/usr/bin/env python3
"""assay with --server: the same answers as without."""

import os
import sys

sys.dont_write_bytecode = True  # The folder is the source tree.

from support import ALGORITHMS, CliTest, assay, b64, main, unb64

CONFIG = """
listeners { address: "unix:assayd.sock" }
key_sets { name: "keys" paths: "keys" use: KEY_SET_USE_SIGN }
key_sets { name: "secrets" paths: "secrets" use: KEY_SET_USE_SIGN }
key_sets { name: "public" paths: "public.jwks" use: KEY_SET_USE_PUBLIC }
limits { max_request_bytes: 4194304 }
"""

CLAIMS = '{"sub":"joe", "n":9007199254740993, "pi":3.10}\n{"sub":"ann"}\n'


def key_set_of(alg):
    return "secrets" if alg.startswith("HS") else "keys"


class ServerCase(CliTest):
    """A server whose keys the command has, too."""

    algorithms = ["ES256", "EdDSA", "HS256"]

    def setUp(self):
        super().setUp()
        os.mkdir("keys")
        os.mkdir("secrets")
        for alg in self.algorithms:
            self.key(f"{key_set_of(alg)}/{alg}.jwk", alg, "--kid", alg)
        self.write("public.jwks", self.ok("jwks", "public", "keys").out)
        self.write("config", CONFIG)
        self.server, _ = self.assayd("--config=config")

    @staticmethod
    def at(key_set):
        return ["--server", "unix:assayd.sock", "--key-set", key_set]

    def signed(self, *args):
        return self.ok("sign", *args, stdin=CLAIMS).out


class RoundTripTest(ServerCase):

    algorithms = ALGORITHMS

    def test_every_algorithm_round_trips_through_a_server(self):
        for alg in ALGORITHMS:
            with self.subTest(alg):
                key_set = key_set_of(alg)
                there = self.signed(*self.at(key_set), "--kid", alg, "--iat")
                here = self.signed("--keys", key_set, "--kid", alg)
                for tokens in [there, here]:
                    by_server = self.ok("verify", *self.at(key_set),
                                        stdin=tokens)
                    in_process = self.ok("verify", "--keys", key_set,
                                         stdin=tokens)
                    self.assertEqual(by_server.out, in_process.out)
                    self.assertEqual([o["alg"] for o in by_server.objects],
                                     [alg, alg])
        self.stop(self.server)


class ServerTest(ServerCase):

    def test_every_output_is_the_same_as_without_a_server(self):
        good = self.signed("--keys", "keys", "--kid", "ES256").decode().split()
        damaged = [good[0][:-4] + "AAAA", good[0][:40], "", good[1]]
        stdin = "\n".join(good + damaged) + "\n"
        for form in [[], ["--output", "verdicts"], ["--output", "summary"],
                     ["--form", "jws"], ["--audience", "api"],
                     ["--as-of", "1000000000", "--require", "n"]]:
            with self.subTest(form):
                by_server = assay("verify", *self.at("public"), *form,
                                  stdin=stdin)
                in_process = assay("verify", "--keys", "public.jwks", *form,
                                   stdin=stdin)
                self.assertEqual((by_server.code, by_server.out),
                                 (1, in_process.out))

    def test_jws_in_json_and_unencoded_are_the_same_as_without_a_server(self):
        both = ["--kid", "ES256", "--kid", "EdDSA"]
        for form, kids in [(["--form", "jws-json"], both),
                           (["--form", "jws-json", "--b64", "false"], both),
                           (["--form", "jws-json"], ["--kid", "EdDSA"]),
                           (["--form", "jws", "--b64", "false"],
                            ["--kid", "EdDSA"])]:
            with self.subTest((form, kids)):
                text = "one\ntwo\n"
                there = self.ok("sign", *self.at("keys"), *form, *kids,
                                stdin=text).lines
                here = self.ok("sign", "--keys", "keys", *form, *kids,
                               stdin=text).lines
                stdin = "\n".join(there + here + ["junk"])
                by_server = assay("verify", *self.at("public"), *form,
                                  stdin=stdin)
                in_process = assay("verify", "--keys", "public.jwks", *form,
                                   stdin=stdin)
                self.assertEqual(by_server.verdicts,
                                 ["VALID"] * 4 + ["MALFORMED"])
                self.assertEqual(by_server.out, in_process.out)

    def test_detached_payloads_are_the_same_as_without_a_server(self):
        self.write("payload", b"any\nbytes \xff")
        self.write("another", b"other bytes")
        for form in [["--form", "jws"], ["--form", "jws", "--b64", "false"],
                     ["--form", "jws-json"]]:
            with self.subTest(form):
                signing = [*form, "--kid", "EdDSA", "--detached", "payload"]
                there = self.ok("sign", *self.at("keys"), *signing).out
                here = self.ok("sign", "--keys", "keys", *signing).out
                self.assertEqual(there, here)  # EdDSA leaves nothing to chance.
                for payload, verdict in [("payload", "VALID"),
                                         ("another", "INVALID_SIGNATURE")]:
                    flags = [*form, "--detached", payload]
                    by_server = assay("verify", *self.at("public"), *flags,
                                      stdin=there + b"junk\n")
                    in_process = assay("verify", "--keys", "public.jwks",
                                       *flags, stdin=there + b"junk\n")
                    self.assertEqual(by_server.verdicts,
                                     [verdict, "MALFORMED"])
                    self.assertEqual(by_server.out, in_process.out)

    def test_a_detached_payload_of_many_tokens_is_sent_in_parts(self):
        self.write("payload", b"x" * 100000)
        flags = ["--form", "jws", "--detached", "payload"]
        token = self.ok("sign", *self.at("keys"), "--kid", "EdDSA", *flags).out
        # 6 MB, where the server takes 4 MiB in one message.
        result = self.ok("verify", *self.at("public"), *flags,
                         stdin=token * 60)
        self.assertEqual([o["index"] for o in result.objects],
                         list(range(60)))

    def test_a_detached_payload_that_cannot_be_signed_there(self):
        self.write("payload", b"text")
        self.refused(["sign", *self.at("none"), "--form", "jws", "--detached",
                      "payload"], "no key set named")

    def test_a_long_stream_stays_in_order(self):
        lines = "".join('{"n":%d}\n' % n for n in range(20000))
        tokens = self.ok("sign", *self.at("secrets"), "--kid", "HS256",
                         stdin=lines).out
        result = self.ok("verify", *self.at("secrets"), stdin=tokens)
        self.assertEqual([o["claims"]["n"] for o in result.objects],
                         list(range(20000)))

    def test_a_line_that_cannot_be_signed_is_told_by_its_number(self):
        result = assay("sign", *self.at("keys"), "--kid", "EdDSA",
                       stdin='{"a":1}\n[1]\n{"b":2}\n')
        self.assertEqual((result.code, len(result.lines)), (1, 2))
        self.assertIn("standard input:2: ", result.err)

    def test_says_what_is_wrong(self):
        token = self.signed("--keys", "keys", "--kid", "ES256")
        self.refused(["verify", *self.at("none")], "no key set named",
                     stdin=token)
        self.refused(["sign", *self.at("public")], "no key that can sign",
                     stdin="{}")
        self.refused(["sign", *self.at("keys"), "--kid", "other"], "other",
                     stdin="{}")
        self.refused(["verify", "--server", "unix:gone.sock", "--key-set", "x"],
                     "is assayd there", stdin=token)

    def test_a_server_that_is_gone_is_an_error(self):
        token = self.signed("--keys", "keys", "--kid", "ES256")
        self.stop(self.server)
        self.refused(["verify", *self.at("public")], "UNAVAILABLE",
                     stdin=token)


NESTED_CONFIG = """
listeners { address: "unix:assayd.sock" }
key_sets { name: "sig" paths: "sig.jwk" use: KEY_SET_USE_SIGN }
key_sets { name: "mine" paths: "enc.jwk" use: KEY_SET_USE_DECRYPT }
key_sets { name: "theirs" paths: "enc.jwk" use: KEY_SET_USE_ENCRYPT }
"""


class NestedTest(CliTest):
    """Nested tokens, by a server whose keys the command has, too."""

    def setUp(self):
        super().setUp()
        self.key("sig.jwk", "ES256", "--kid", "s")
        self.key("enc.jwk", "ECDH-ES", "--kid", "e")
        self.write("config", NESTED_CONFIG)
        self.server, _ = self.assayd("--config=config")

    at = staticmethod(ServerCase.at)

    def encrypt(self, text):
        return self.ok("encrypt", "--keys", "enc.jwk", "--cty", "JWT",
                       stdin=text).lines[0]

    def verify(self, token, decryption_key_set="mine", key_set="sig"):
        return ["verify", *self.at(key_set), "--form", "nested",
                "--decryption-key-set", decryption_key_set, token]

    def test_every_output_is_the_same_as_without_a_server(self):
        signed, other = self.tokens("sig.jwk", {"sub": "joe", "iss": "i"},
                                    {"exp": 1})
        nested = self.encrypt(signed)
        cut = self.encrypt(signed[:-4] + "AAAA")
        damaged = nested[:-4] + ("AAAA" if nested[-4:] != "AAAA" else "BBBB")
        self.write("tokens", "\n".join([
            nested, damaged, cut, signed, self.encrypt(other),
            self.encrypt("{}"), self.encrypt(nested), "x" * 70000, "junk",
            nested]) + "\n")
        for flags in [[], ["--output", "verdicts"], ["--output", "summary"],
                      ["--max-layers", "3"], ["--issuer", "i"],
                      ["--as-of", "0", "--alg", "ES256"]]:
            with self.subTest(flags):
                by_server = assay(*self.verify("tokens"), *flags)
                in_process = assay("verify", "--form", "nested", "--keys",
                                   "sig.jwk", "--decrypt-keys", "enc.jwk",
                                   "tokens", *flags)
                self.assertEqual((by_server.code, by_server.out),
                                 (1, in_process.out), by_server.err)
        result = assay(*self.verify("tokens"))
        self.assertEqual(result.verdicts, [
            "VALID", "DECRYPTION_FAILED", "INVALID_SIGNATURE", "WRONG_TYPE",
            "EXPIRED", "MALFORMED", "TOO_LARGE", "TOO_LARGE", "MALFORMED",
            "VALID"])
        self.assertEqual(result.objects[0]["path"], [
            {"alg": "ECDH-ES", "enc": "A256GCM", "kid": "e"},
            {"alg": "ES256", "kid": "s"}])
        self.stop(self.server)

    def test_says_what_is_wrong(self):
        token = self.write("token", self.encrypt("{}"))
        self.refused(self.verify(token, "none"), 'no key set named "none"')
        self.refused(self.verify(token, "theirs"), "is not for decryption")
        self.refused(self.verify(token, key_set="none"),
                     'no key set named "none"')


ENCRYPTION_CONFIG = """
listeners { address: "unix:assayd.sock" }
key_sets { name: "out" paths: "public.jwks" use: KEY_SET_USE_ENCRYPT }
key_sets { name: "in" paths: "jwe" use: KEY_SET_USE_DECRYPT }
key_sets { name: "secret" paths: "pw.jwk" use: KEY_SET_USE_ENCRYPT }
key_sets { name: "secret-in" paths: "pw.jwk" use: KEY_SET_USE_DECRYPT }
limits { max_batch_pbes2_iterations: 3000 }
"""

LINES = "attack at dawn\nžluťoučký kůň\n"


class EncryptionTest(CliTest):
    """Encryption through a server whose keys the command has, too."""

    def setUp(self):
        super().setUp()
        os.mkdir("jwe")
        for kid, alg in [("ec", "ECDH-ES+A128KW"), ("rsa", "RSA-OAEP-256")]:
            self.key(f"jwe/{kid}.jwk", alg, "--kid", kid)
        self.key("pw.jwk", "PBES2-HS256+A128KW", "--kid", "pw")
        self.write("public.jwks", self.ok("jwks", "public", "jwe").out)
        self.write("config", ENCRYPTION_CONFIG)
        self.server, _ = self.assayd("--config=config")

    at = staticmethod(ServerCase.at)

    def test_what_is_encrypted_there_is_decrypted_here_and_the_reverse(self):
        for form in [["--kid", "ec"], ["--kid", "rsa", "--enc", "A128CBC-HS256"],
                     ["--kid", "ec", "--form", "jwe-json", "--aad", "for Bob"],
                     ["--kid", "ec", "--kid", "rsa", "--form", "jwe-json"]]:
            with self.subTest(form):
                json = ["--form", "jwe-json"] if "jwe-json" in form else []
                there = self.ok("encrypt", *self.at("out"), *form, stdin=LINES)
                here = self.ok("encrypt", "--keys", "public.jwks", *form,
                               stdin=LINES)
                for tokens in [there.out, here.out]:
                    by_server = self.ok("decrypt", *self.at("in"), *json,
                                        stdin=tokens)
                    in_process = self.ok("decrypt", "--keys", "jwe", *json,
                                         stdin=tokens)
                    self.assertEqual(by_server.out, in_process.out)
                    self.assertEqual(
                        [unb64(o["plaintext"]).decode()
                         for o in by_server.objects], LINES.splitlines())
        self.stop(self.server)

    def test_every_output_is_the_same_as_without_a_server(self):
        good = self.ok("encrypt", "--keys", "public.jwks", "--kid", "ec",
                       stdin=LINES).out.decode().split()
        zipped = self.ok("encrypt", "--keys", "public.jwks", "--kid", "ec",
                         "--zip", stdin="x" * 100).out.decode().strip()
        damaged = [good[0][:-4] + "AAAA", good[0][:40], "", zipped]
        stdin = "\n".join(good + damaged) + "\n"
        for flags in [[], ["--output", "verdicts"], ["--output", "summary"],
                      ["--output", "text"], ["--form", "jwe-json"],
                      ["--alg", "dir"], ["--enc", "A256GCM", "--allow-zip"]]:
            with self.subTest(flags):
                by_server = assay("decrypt", *self.at("in"), *flags,
                                  stdin=stdin)
                in_process = assay("decrypt", "--keys", "jwe", *flags,
                                   stdin=stdin)
                self.assertEqual((by_server.code, by_server.out),
                                 (1, in_process.out))

    def test_any_bytes_as_base64url_and_lines_that_are_not(self):
        result = assay("encrypt", *self.at("out"), "--kid", "ec",
                       "--plaintext", "base64url",
                       stdin=b64(b"\0\n\xff") + "\n%\n")
        self.assertEqual((result.code, len(result.lines)), (1, 1))
        self.assertIn("standard input:2: the line is not unpadded base64url",
                      result.err)
        shown = self.ok("decrypt", *self.at("in"), stdin=result.out).objects
        self.assertEqual(unb64(shown[0]["plaintext"]), b"\0\n\xff")

    def test_a_long_stream_stays_in_order(self):
        lines = "".join("%d\n" % n for n in range(20000))
        tokens = self.ok("encrypt", *self.at("out"), "--kid", "ec",
                         stdin=lines).out
        result = self.ok("decrypt", *self.at("in"), "--output", "text",
                         stdin=tokens)
        self.assertEqual(result.out.decode(), lines)

    def test_passwords_cost_what_the_server_allows(self):
        result = assay("encrypt", *self.at("secret"), "--p2c", "1000",
                       stdin="a\nb\nc\nd\n")
        self.assertEqual((result.code, len(result.lines)), (1, 3))
        self.assertIn("standard input:", result.err)
        tokens = self.ok("encrypt", "--keys", "pw.jwk", "--p2c", "1000",
                         stdin="a\nb\nc\nd\n").out
        result = assay("decrypt", *self.at("secret-in"), "--output",
                       "verdicts", stdin=tokens)
        self.assertEqual(sorted(result.lines),
                         ["TOO_EXPENSIVE", "VALID", "VALID", "VALID"])

    def test_says_what_is_wrong(self):
        self.refused(["encrypt", *self.at("none")], "no key set named",
                     stdin="x")
        self.refused(["encrypt", *self.at("in")], "is not for encryption",
                     stdin="x")
        self.refused(["decrypt", *self.at("out")], "is not for decryption",
                     stdin="x")
        self.refused(["encrypt", *self.at("out"), "--kid", "other"],
                     'there is no key "other"', stdin="x")
        self.refused(["encrypt", *self.at("out")],
                     "there are several keys to encrypt for", stdin="x")
        self.refused(["encrypt", *self.at("out"), "--keys", "pw.jwk"],
                     "--keys", stdin="x")
        self.refused(["decrypt", *self.at("in"), "--pbes2-budget", "5"],
                     "--pbes2-budget goes with --keys", stdin="x")
        self.refused(["decrypt", "--key-set", "in"],
                     "--key-set goes with --server", stdin="x")
        self.refused(["decrypt", "--server", "unix:gone.sock", "--key-set",
                      "x"], "is assayd there", stdin="x")


if __name__ == "__main__":
    main()
