#!/usr/bin/env python3
"""assay sign and verify: JWS in JSON, detached and unencoded payloads."""

import json
import sys

sys.dont_write_bytecode = True  # The folder is the source tree.

from support import ALGORITHMS, CliTest, assay, b64, main, unb64

JSON_FORM = ["--form", "jws-json"]


def flip(text):
    """The object or compact token with another (first) signature."""
    marker = '"signature":"'
    at = (text.index(marker) + len(marker) if marker in text else
          text.rindex(".") + 1)
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:]


class JwsCase(CliTest):

    def setUp(self):
        super().setUp()
        self.key("es.jwk", "ES256", "--kid", "es")
        self.key("ed.jwk", "EdDSA", "--kid", "ed")
        self.keys = ["--keys", "es.jwk", "--keys", "ed.jwk"]

    def sign(self, text, *args):
        return self.ok("sign", *self.keys, *args, stdin=text).lines

    def verify(self, lines, *args):
        return assay("verify", *self.keys, *args, stdin="\n".join(lines))


class JsonTest(JwsCase):

    def both(self, text="any text"):
        return self.sign(text, *JSON_FORM, "--kid", "es", "--kid", "ed")[0]

    def test_every_algorithm_round_trips(self):
        for alg in ALGORITHMS:
            with self.subTest(alg):
                self.key(f"{alg}.jwk", alg, "--kid", alg)
                keys = ["--keys", f"{alg}.jwk", *JSON_FORM]
                lines = self.ok("sign", *keys, stdin="one\n{}\n").lines
                result = self.ok("verify", *keys, stdin="\n".join(lines))
                self.assertEqual(
                    [unb64(o["payload"]) for o in result.objects],
                    [b"one", b"{}"])

    def test_one_key_makes_a_flattened_object(self):
        line = self.sign("any text", *JSON_FORM, "--kid", "es")[0]
        self.assertEqual(list(json.loads(line)),
                         ["payload", "protected", "signature"])
        result = self.verify([line], *JSON_FORM)
        self.assertEqual(result.lines, [
            '{"index":0,"verdict":"VALID","alg":"ES256","kid":"es",'
            '"payload":"%s","signatures":[{"verdict":"VALID","alg":"ES256",'
            '"kid":"es"}]}' % b64("any text")])
        self.assertEqual(result.code, 0)

    def test_several_keys_make_a_general_object(self):
        line = self.both()
        self.assertEqual(list(json.loads(line)), ["payload", "signatures"])
        self.assertEqual(
            self.verify([line], *JSON_FORM, "--signatures", "all").verdicts,
            ["VALID"])

    def test_any_tells_of_the_good_signature_alone(self):
        result = self.verify([flip(self.both())], *JSON_FORM)
        self.assertEqual(result.code, 0)
        self.assertEqual(result.lines, [
            '{"index":0,"verdict":"VALID","alg":"EdDSA","kid":"ed",'
            '"payload":"%s","signatures":[{"verdict":"INVALID_SIGNATURE",'
            '"reason":"the signature does not match"},{"verdict":"VALID",'
            '"alg":"EdDSA","kid":"ed"}]}' % b64("any text")])

    def test_all_and_required_kids(self):
        line = self.both()
        all_ = ["--signatures", "all"]
        required = ["--require-kid", "es", "--require-kid", "ed"]
        self.assertEqual(self.verify([line], *JSON_FORM, *required).code, 0)
        for flags in [all_, required]:
            result = self.verify([flip(line)], *JSON_FORM, *flags)
            self.assertEqual(result.code, 1)
            self.assertEqual(result.verdicts, ["INVALID_SIGNATURE"])
            self.assertNotIn("payload", result.objects[0])
        # Somebody has taken a signature out.
        less = json.loads(line)
        del less["signatures"][1]
        less = json.dumps(less)
        self.assertEqual(self.verify([less], *JSON_FORM, *all_).code, 0)
        result = self.verify([less], *JSON_FORM, *required)
        self.assertEqual(result.code, 1)
        self.assertIn("a key that the policy requires",
                      result.objects[0]["reason"])

    def test_a_required_kid_belongs_to_one_key(self):
        self.key("es2.jwk", "ES384", "--kid", "es")
        result = self.verify([self.both()], *JSON_FORM, "--keys", "es2.jwk",
                             "--require-kid", "es")
        self.assertEqual((result.code, result.out), (2, b""))
        self.assertIn('two keys bear the kid "es", which is required: give '
                      "each a kid of its own", result.err)

    def test_other_outputs(self):
        lines = [self.both(), "{}"]
        self.assertEqual(
            self.verify(lines, *JSON_FORM, "--output", "verdicts").out,
            b"VALID\nMALFORMED\n")

    def test_the_form_is_never_guessed(self):
        compact = self.sign("text", "--form", "jws", "--kid", "es")[0]
        line = self.both()
        self.assertEqual(self.verify([compact], *JSON_FORM).verdicts,
                         ["MALFORMED"])
        for form in ["jws", "jwt"]:
            self.assertEqual(self.verify([line], "--form", form).verdicts,
                             ["MALFORMED"])

    def test_reasons_say_what_is_wrong(self):
        line = json.loads(self.sign("t", *JSON_FORM, "--kid", "es")[0])
        for change, reason in [
            ({"header": {"kid": "es"}}, "both in the protected and in the"),
            ({"header": {"b64": True}}, "must be in the protected header"),
            ({"signatures": []}, "either signature (flattened)"),
            ({"payload": 1}, "wrong JSON type"),
        ]:
            result = self.verify([json.dumps({**line, **change})], *JSON_FORM)
            self.assertEqual(result.verdicts, ["MALFORMED"], change)
            self.assertIn(reason, result.objects[0]["reason"])


class DetachedTest(JwsCase):

    def test_a_file_is_signed_and_verified_beside_its_token(self):
        data = b"line\nline. \xff\x00"
        self.write("report.pdf", data)
        self.write("other.pdf", data + b"\n")
        for form in ["jws", "jws-json"]:
            for b64_flags in [[], ["--b64", "false"]]:
                with self.subTest((form, b64_flags)):
                    flags = ["--form", form, *b64_flags, "--detached"]
                    lines = self.sign("", "--kid", "ed", *flags, "report.pdf")
                    self.assertEqual(len(lines), 1)
                    result = self.verify(lines, *flags, "report.pdf")
                    self.assertEqual(result.code, 0, result.out)
                    self.assertNotIn("payload", result.objects[0])
                    self.assertEqual(result.objects[0]["kid"], "ed")
                    self.assertEqual(
                        self.verify(lines, *flags, "other.pdf").verdicts,
                        ["INVALID_SIGNATURE"])

    def test_a_token_with_a_payload_of_its_own_is_refused(self):
        self.write("p", "text")
        line = self.sign("text", "--form", "jws", "--kid", "ed")
        result = self.verify(line, "--form", "jws", "--detached", "p")
        self.assertEqual(result.verdicts, ["MALFORMED"])
        self.assertIn("has one of its own", result.objects[0]["reason"])


    def test_no_token_does_not_pass_for_a_good_one(self):
        self.write("p", "text")
        self.write("report.jws", "\n")
        detached = ["--form", "jws", "--detached", "p"]
        required = [*JSON_FORM, "--require-kid", "es"]
        for flags, says in [
            (detached, "no token, so nothing says that the payload is genuine"),
            (required, "no token, so none of a key that --require-kid names"),
        ]:
            for files in [[], ["report.jws"]]:
                with self.subTest((flags, files)):
                    result = self.verify([], *flags, *files)
                    self.assertEqual((result.code, result.out), (1, b""))
                    self.assertIn(says, result.err)
        # Who asks about whatever there is has been answered.
        result = self.verify([], *JSON_FORM)
        self.assertEqual(result.code, 0)
        self.assertNotIn("no token", result.err)

    def test_standard_input_is_not_both_payload_and_tokens(self):
        self.write("p", "text")
        flags = ["--form", "jws", "--detached"]
        token = self.sign("", "--kid", "ed", *flags, "p")[0]
        self.write("p.jws", token)
        for name in ["-", "/dev/stdin", "/proc/self/fd/0"]:
            for files in [[], ["-"], ["p.jws", "/dev/stdin"]]:
                with self.subTest((name, files)):
                    result = self.verify([token], *flags, name, *files)
                    self.assertEqual((result.code, result.out), (2, b""))
                    self.assertIn(f"--detached {name} is standard input, from "
                                  "which the tokens come", result.err)
        self.assertEqual(
            self.verify(["text"], *flags, "/dev/stdin", "p.jws").code, 0)
        result = assay("verify", "--keys", "-", *flags, "/dev/stdin", "p.jws",
                       stdin=self.read("ed.jwk"))
        self.assertEqual(result.code, 2)
        self.assertIn("from which the keys come", result.err)


class UnencodedTest(JwsCase):

    def test_the_payload_stands_in_the_token_as_it_is(self):
        flags = ["--form", "jws", "--b64", "false"]
        line = self.sign("$ 02", "--kid", "ed", *flags)[0]
        self.assertEqual(line.split(".")[1], "$ 02")
        header = json.loads(unb64(line.split(".")[0]))
        self.assertEqual((header["b64"], header["crit"]), (False, ["b64"]))
        self.assertEqual(self.verify([line], *flags).objects[0]["payload"],
                         b64("$ 02"))
        # Never where nobody asked for it.
        for other in [["--form", "jws"], []]:
            self.assertEqual(self.verify([line], *other).verdicts,
                             ["UNSUPPORTED"])

    def test_what_cannot_stand_in_a_compact_token_is_not_signed(self):
        result = assay("sign", *self.keys, "--kid", "ed", "--form", "jws",
                       "--b64", "false", stdin="a.b\nok\n")
        self.assertEqual((result.code, len(result.lines)), (1, 1))
        self.assertIn("standard input:1: the payload cannot stand in the token",
                      result.err)


class RefusalTest(JwsCase):

    def test_says_what_does_not_go_together(self):
        self.write("p", "text")
        verify = ["verify", "--keys", "es.jwk"]
        sign = ["sign", *self.keys]
        server = ["--server", "localhost:1", "--key-set", "k"]
        for args, says in [
            ([*verify, "--b64", "false"], "--b64 false does not go with"),
            ([*verify, "--detached", "p"], "say --form jws or jws-json"),
            ([*verify, "--signatures", "all"], "say --form jws-json"),
            ([*verify, "--form", "jws", "--require-kid", "k"],
             "those of --form jws have one"),
            ([*verify, *JSON_FORM, "--issuer", "i"],
             "--issuer judges a claim, but --form jws-json"),
            ([*verify, *JSON_FORM, "--require-kid", ""], "required_kids"),
            ([*verify, *JSON_FORM, "--detached", "gone"], "--detached gone"),
            (["verify", *server, *JSON_FORM, "--detached", "gone"],
             "--detached gone"),
            ([*sign, "--kid", "es", "--kid", "ed"], "say --form jws-json"),
            ([*sign, *JSON_FORM, "--kid", "es", "--iat"],
             "but --form jws-json has none"),
            ([*sign, "--kid", "es", "--b64", "false"], "whose tokens hold"),
            ([*sign, *JSON_FORM, "--kid", "no"], "no"),
            ([*sign, *JSON_FORM, "--kid", "es", "--detached", "p", "lines"],
             "no FILE of lines is read"),
            (["sign", *server, *JSON_FORM, "--detached", "gone"],
             "--detached gone"),
        ]:
            with self.subTest(args):
                self.refused(args, says)

    def test_help_teaches_the_forms(self):
        for command in ["sign", "verify"]:
            text = self.ok(command, "--help").out.decode()
            for word in ["jws-json", "--detached", "--b64"]:
                self.assertIn(word, text)


if __name__ == "__main__":
    main()
