#!/usr/bin/env python3
"""assay verify and inspect: verdicts, output forms, inputs, exit codes."""

import gzip
import json
import os
import sys
import time

sys.dont_write_bytecode = True  # The folder is the source tree.

from support import CliTest, assay, b64, main, unb64

NOW = int(time.time())


def flip(token):
    """The token with another signature."""
    head, signature = token.rsplit(".", 1)
    return head + "." + ("A" if signature[0] != "A" else "B") + signature[1:]


class VerifyCase(CliTest):

    def setUp(self):
        super().setUp()
        self.key("k.jwk", "ES256", "--kid", "k1")

    def token(self, claims=None, *flags):
        return self.tokens("k.jwk", claims or {}, flags=flags)[0]

    def verify(self, text, *args):
        if isinstance(text, list):
            text = "\n".join(text)
        return assay("verify", "--keys", "k.jwk", *args, stdin=text)


class OutputTest(VerifyCase):

    def test_ndjson_tells_verdict_key_and_claims_in_order(self):
        good = self.token({"sub": "joe"})
        result = self.verify([good, flip(good), "nonsense", good])
        self.assertEqual(result.code, 1)
        self.assertEqual(result.lines[0],
                         '{"index":0,"verdict":"VALID","alg":"ES256",'
                         '"kid":"k1","claims":{"sub": "joe"}}')
        self.assertEqual(result.lines[1],
                         '{"index":1,"verdict":"INVALID_SIGNATURE",'
                         '"alg":"ES256","kid":"k1",'
                         '"reason":"the signature does not match"}')
        self.assertEqual(set(result.objects[2]), {"index", "verdict", "reason"})
        self.assertEqual(result.verdicts,
                         ["VALID", "INVALID_SIGNATURE", "MALFORMED", "VALID"])
        self.assertEqual([o["index"] for o in result.objects], [0, 1, 2, 3])

    def test_ndjson_with_form_jws_tells_the_payload_in_base64url(self):
        token = self.tokens("k.jwk", "any text",
                            flags=["--form", "jws"])[0]  # json.dumps quotes it
        result = self.verify(token, "--form", "jws")
        self.assertEqual(result.code, 0)
        self.assertEqual(result.lines, [
            '{"index":0,"verdict":"VALID","alg":"ES256","kid":"k1",'
            '"payload":"%s"}' % b64('"any text"')])

    def test_form_jws_judges_no_claim(self):
        expired = self.token({"exp": 1})
        self.assertEqual(self.verify(expired).verdicts, ["EXPIRED"])
        self.assertEqual(self.verify(expired, "--form", "jws").code, 0)

    def test_verdicts_is_one_word_per_line(self):
        good = self.token()
        result = self.verify([good, flip(good)], "--output", "verdicts")
        self.assertEqual((result.code, result.out),
                         (1, b"VALID\nINVALID_SIGNATURE\n"))

    def test_summary_prints_nothing_but_the_summary_on_stderr(self):
        good = self.token()
        result = self.verify([good, flip(good), good], "--output", "summary")
        self.assertEqual((result.code, result.out), (1, b""))
        self.assertRegex(
            result.err,
            r"^assay verify: 3 tokens in [0-9.]+ s, [0-9]+ tokens/s\n"
            r"  VALID +2\n  INVALID_SIGNATURE +1\n$")

    def test_there_is_always_a_summary_and_never_a_bar_in_a_pipe(self):
        result = self.verify(self.token())
        self.assertIn("1 token in", result.err)
        self.assertNotIn("\r", result.err)
        self.assertNotIn("\x1b", result.err)

    def test_no_token_at_all_is_fine(self):
        for text in ["", "\n", "\n \r\n\t\n"]:
            result = self.verify(text)
            self.assertEqual((result.code, result.out), (0, b""))
            self.assertIn("0 tokens in", result.err)

    # RFC 7519 3.1: a payload with line ends between its members.
    def test_claims_with_line_ends_stay_on_one_line(self):
        secret = ("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3"
                  "Yj0iPS4hcgUuTwjAzZr1Z9CAow")
        self.write("hs.jwk", json.dumps({"kty": "oct", "k": secret}))
        token = ("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                 "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9"
                 "leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
                 "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        result = assay("verify", "--keys", "hs.jwk", "--as-of", "1300000000",
                       stdin=token)
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual(len(result.lines), 1)
        self.assertEqual(result.objects[0]["claims"],
                         {"iss": "joe", "exp": 1300819380,
                          "http://example.com/is_root": True})


class PolicyTest(VerifyCase):

    def check(self, claims, flags, verdict, sign_flags=()):
        result = self.verify(self.token(claims, *sign_flags), *flags)
        self.assertEqual(result.verdicts, [verdict], (claims, flags))
        self.assertEqual(result.code, 0 if verdict == "VALID" else 1)

    def test_alg(self):
        self.check({}, ["--alg", "RS256,ES256"], "VALID")
        self.check({}, ["--alg", "RS256", "--alg", "ES256"], "VALID")
        self.check({}, ["--alg", "RS256,EdDSA"], "ALGORITHM_NOT_ALLOWED")

    def test_issuer(self):
        flags = ["--issuer", "a", "--issuer", "b"]
        self.check({"iss": "b"}, flags, "VALID")
        self.check({"iss": "c"}, flags, "WRONG_ISSUER")
        self.check({}, flags, "MISSING_CLAIM")
        # An issuer may have a comma in it.
        self.check({"iss": "a,b"}, ["--issuer", "a,b"], "VALID")
        self.check({"iss": "b"}, ["--issuer", "a,b"], "WRONG_ISSUER")

    def test_audience(self):
        flags = ["--audience", "a", "--audience", "b"]
        self.check({"aud": ["x", "b"]}, flags, "VALID")
        self.check({"aud": "x"}, flags, "WRONG_AUDIENCE")
        self.check({"aud": "x"}, [], "VALID")
        self.check({"aud": "x"}, ["--reject-unexpected-audience"],
                   "WRONG_AUDIENCE")

    def test_subject(self):
        self.check({"sub": "s"}, ["--subject", "s"], "VALID")
        self.check({"sub": "t"}, ["--subject", "s"], "INVALID_CLAIM")

    def test_require(self):
        flags = ["--require", "a,b", "--require", "c"]
        self.check({"a": 1, "b": 0, "c": False}, flags, "VALID")
        self.check({"a": 1, "b": None, "c": 1}, flags, "MISSING_CLAIM")

    def test_typ(self):
        at = ["--typ", "at+jwt"]
        self.check({}, ["--typ", "application/at+jwt"], "VALID", at)
        self.check({}, ["--typ", "JWT"], "WRONG_TYPE", at)
        self.check({}, at, "WRONG_TYPE")

    def test_skew(self):
        self.check({"exp": NOW - 30}, [], "EXPIRED")
        self.check({"exp": NOW - 30}, ["--skew", "10m"], "VALID")
        self.check({"nbf": NOW + 300}, [], "NOT_YET_VALID")
        self.check({"nbf": NOW + 300}, ["--skew", "10m"], "VALID")

    def test_max_age(self):
        self.check({"iat": NOW - 7200}, ["--max-age", "1h30m"], "EXPIRED")
        self.check({"iat": NOW - 7200}, ["--max-age", "7d"], "VALID")
        self.check({}, ["--max-age", "7d"], "MISSING_CLAIM")

    def test_as_of(self):
        claims = {"nbf": 1000000000, "exp": 2000000000}
        self.check(claims, ["--as-of", "2001-09-09T01:46:40Z"], "VALID")
        self.check(claims, ["--as-of", "999999999"], "NOT_YET_VALID")
        self.check(claims, ["--as-of", "2033-05-18T03:33:20Z"], "EXPIRED")

    def test_none_is_never_accepted(self):
        for none in ["none", "None", "NONE", "nOnE"]:
            header = b64('{"alg":"%s"}' % none)
            for token in [f"{header}.e30.", f"{header}.e30.AA"]:
                result = self.verify(token)
                self.assertEqual(result.code, 1)
                self.assertIn(result.verdicts[0], ["UNSUPPORTED", "MALFORMED"])


class InputTest(VerifyCase):

    def expect_valid(self, num, *args, stdin=b""):
        result = self.ok("verify", "--keys", "k.jwk", *args, stdin=stdin)
        self.assertEqual(result.verdicts, ["VALID"] * num)

    def test_files_dash_and_standard_input(self):
        token = self.token()
        self.write("a.txt", token + "\n")
        self.write("b.txt", token)  # No line end.
        self.expect_valid(1, stdin=token)
        self.expect_valid(1, "-", stdin=token)
        self.expect_valid(3, "a.txt", "-", "b.txt", stdin=token)

    def test_index_goes_on_over_files(self):
        self.write("a.txt", self.token() + "\n")
        result = self.ok("verify", "--keys", "k.jwk", "a.txt", "a.txt", "a.txt")
        self.assertEqual([o["index"] for o in result.objects], [0, 1, 2])

    def test_blank_lines_are_skipped_and_crlf_is_accepted(self):
        token = self.token()
        text = f"\n\r\n  \t\n{token}\r\n\n{token}\n   \n{token}\r"
        result = self.verify(text)
        self.assertEqual(result.verdicts, ["VALID"] * 3)
        self.assertEqual([o["index"] for o in result.objects], [0, 1, 2])

    def test_white_space_around_a_token_is_not_forgiven(self):
        token = self.token()
        result = self.verify([" " + token, token + " ", token + "\t"])
        self.assertEqual(result.verdicts, ["MALFORMED"] * 3)

    def test_gz_from_files_and_standard_input(self):
        token = self.token().encode()
        packed = gzip.compress(token + b"\n")
        self.write("a.gz", packed)
        self.write("a.txt", packed)  # By content, whatever the name.
        self.write("two.gz", packed + packed)  # cat a.gz a.gz > two.gz
        self.expect_valid(1, "a.gz")
        self.expect_valid(1, "a.txt")
        self.expect_valid(2, "two.gz")
        self.expect_valid(1, stdin=packed)

    def test_broken_gz_is_an_error_after_what_could_be_read(self):
        token = self.token().encode() + b"\n"
        # Not compressible, so that the beginning decompresses by itself.
        packed = gzip.compress(token + os.urandom(100000).hex().encode())
        for name, data, message in [
                ("cut.gz", packed[:-20], "ends too early"),
                ("cut2.gz", packed[:-4], "ends too early"),
                ("crc.gz", packed[:-8] + b"\0\0\0\0" + packed[-4:], "broken"),
                ("tail.gz", packed + b"garbage", "broken"),
                ("not.gz", token, "is not gzip"),
                ("empty.gz", b"", "is not gzip")]:
            self.write(name, data)
            result = assay("verify", "--keys", "k.jwk", name)
            self.assertEqual(result.code, 2, name)
            self.assertIn(name, result.err)
            self.assertIn(message, result.err)
            if data.startswith(packed[:100]):
                self.assertEqual(result.verdicts[0], "VALID")

    def test_a_huge_line_is_too_large_and_the_rest_goes_on(self):
        token = self.token()
        huge = "x" * 10_000_000
        result = self.verify([token, huge, token, "x" * 65537, "x" * 65536])
        self.assertEqual(
            result.verdicts,
            ["VALID", "TOO_LARGE", "VALID", "TOO_LARGE", "MALFORMED"])
        self.assertEqual(result.objects[1],
                         {"index": 1, "verdict": "TOO_LARGE",
                          "reason": "the token is larger than the limit"})
        self.assertEqual(result.code, 1)

    def test_bytes_that_are_no_text_are_malformed(self):
        data = b"\xff\xfe.\x00.\x01\n" + self.token().encode()
        self.assertEqual(self.verify(data).verdicts, ["MALFORMED", "VALID"])

    def test_every_token_keeps_its_place_among_many(self):
        good = self.token()
        bad = flip(good)
        pattern = [good, bad, "x"] * 5000  # Several batches.
        for threads in ["0", "1", "2", "5"]:
            result = self.verify(pattern, "--output", "verdicts", "--threads",
                                 threads)
            self.assertEqual(
                result.lines,
                ["VALID", "INVALID_SIGNATURE", "MALFORMED"] * 5000)

    def test_missing_files_are_told_before_any_work(self):
        self.write("a.txt", self.token())
        verify = ["verify", "--keys", "k.jwk"]
        self.refused([*verify, "a.txt", "gone.txt"], "gone.txt", "No such file")
        os.mkdir("folder")
        self.refused([*verify, "folder"], "folder", "is a directory")
        self.refused([*verify, "-", "-"], "given twice")
        self.refused(["verify", "--keys", "-"], "name a file of lines")


class UsageTest(VerifyCase):

    def bad(self, *args, says):
        self.refused(["verify", *args], *says)

    def test_keys_or_server(self):
        self.bad(says=["no keys", "--keys FILE"])
        self.bad("--keys", "k.jwk", "--server", "x", "--key-set", "y",
                 says=["exclude each other"])
        self.bad("--server", "x", says=["needs --key-set"])
        for flag in ["--key-set", "--ca", "--cert", "--key"]:
            self.bad("--keys", "k.jwk", flag, "x", says=[flag, "--server"])
        self.bad("--keys", "k.jwk", "--tls", says=["--tls", "--server"])
        self.bad("--server", "x", "--key-set", "y", "--cert", "c",
                 says=["--cert and --key go together"])
        self.bad("--server", "x", "--key-set", "y", "--ca", "gone.pem",
                 says=["gone.pem"])

    def test_malformed_flags(self):
        with_key = ["--keys", "k.jwk"]
        for flags, says in [
            (["--alg", "es256"], ['"es256" is not known', "ES256"]),
            (["--alg", "ES256,nope"], ['"nope" is not known']),
            (["--alg", "none"], ["never accepted"]),
            (["--skew", "60"], ["--skew", '"60" is not a duration', "60s"]),
            (["--skew", "2h"], ["skew"]),
            (["--skew", "-5s"], ["--skew"]),
            (["--max-age", "soon"], ["--max-age", "is not a duration"]),
            (["--max-age", "0s"], ["max_age"]),
            (["--as-of", "yesterday"], ["--as-of", "is not a time"]),
            (["--form", "jwe"], ["--form"]),
            (["--output", "xml"], ["--output"]),
            (["--threads", "-1"], ["--threads"]),
            (["--threads", "many"], ["--threads"]),
            (["--issuer", ""], ["issuer"]),
            (["--audience", ""], ["audience"]),
            (["--require", ""], ["require"]),
            (["--nope"], ["--nope", "verify --help"]),
            (["--alg"], ["--alg"]),
        ]:
            with self.subTest(flags):
                self.bad(*with_key, *flags, says=says)

    def test_malformed_environment(self):
        for name, value, says in [
            ("ASSAY_ENGINE", "fast", "it may be auto or boringssl"),
            ("ASSAY_SIMD", "fast", "it may be portable, avx2 or avx512ifma"),
        ]:
            with self.subTest(name):
                result = assay("verify", "--keys", "k.jwk",
                               env={**os.environ, name: value})
                self.assertEqual(result.code, 2)
                self.assertIn(f'{name} is "{value}"; {says}', result.err)

    def test_claim_flags_do_not_go_with_form_jws(self):
        for flag, value in [("--issuer", "i"), ("--audience", "a"),
                            ("--subject", "s"), ("--require", "c"),
                            ("--skew", "1s"), ("--max-age", "1s"),
                            ("--as-of", "0")]:
            self.bad("--keys", "k.jwk", "--form", "jws", flag, value,
                     says=[flag, "--form jws"])

    def test_key_files_that_cannot_be_used(self):
        self.key("hs.jwk", "HS256")
        self.write("text.jwk", "hello")
        self.write("array.jwk", "[]")
        self.write("nokeys.jwk", '{"keys":[]}')
        self.write("kty.jwk", '{"kty":"XYZ"}')
        self.write("enc.jwk", '{"keys":[{"kty":"RSA","use":"enc"}]}')
        os.mkdir("empty")
        for name, says in [
            ("gone.jwk", ["gone.jwk", "No such file"]),
            ("text.jwk", ["text.jwk"]),
            ("array.jwk", ["array.jwk"]),
            ("nokeys.jwk", ["no usable key"]),
            ("kty.jwk", ["kty"]),
            ("enc.jwk", ["no usable key"]),
            ("empty", ["no usable key"]),
        ]:
            with self.subTest(name):
                self.bad("--keys", name, says=says)
        self.bad("--keys", "hs.jwk", "--keys", "k.jwk", says=["symmetric"])

    def test_bad_keys_of_a_set_are_told_and_the_others_used(self):
        good = json.loads(self.ok("jwks", "public", "k.jwk").out)["keys"][0]
        self.write("set.jwks", json.dumps(
            {"keys": [{"kty": "XYZ", "kid": "strange"}, good]}))
        result = self.ok("verify", "--keys", "set.jwks", stdin=self.token())
        self.assertIn('key 0 (kid "strange") is left out', result.err)

    def test_commands_and_help(self):
        self.refused([], "without a subcommand", "Examples:")
        self.refused(["frobnicate"], "frobnicate")
        for args in [[], ["keygen"], ["jwks"], ["jwks", "public"],
                     ["inspect"], ["sign"], ["verify"], ["encrypt"],
                     ["decrypt"]]:
            result = self.ok(*args, "--help")
            self.assertIn("Examples:", result.out.decode(), args)
            self.assertIn("  assay ", result.out.decode(), args)
        self.assertIn("BoringSSL", self.ok("--version").out.decode())


class InspectTest(VerifyCase):

    def test_decodes_and_says_loudly_that_nothing_is_verified(self):
        token = self.token({"sub": "joe", "exp": 1300819380})
        for result in [assay("inspect", token),
                       assay("inspect", stdin=token + "\n"),
                       assay("inspect", "-", stdin="\n" + token)]:
            self.assertEqual(result.code, 0, result.err)
            self.assertIn("NOT VERIFIED", result.err)
            shown = result.objects[0]
            self.assertIs(shown["verified"], False)
            self.assertIn("NOT VERIFIED", shown["warning"])
            self.assertEqual(shown["unverified_header"],
                             {"alg": "ES256", "kid": "k1"})
            self.assertEqual(shown["unverified_payload"],
                             {"sub": "joe", "exp": 1300819380})
            self.assertEqual(shown["unverified_times"],
                             {"exp": "2011-03-22T18:43:00Z"})
            self.assertEqual(shown["signature_bytes"], 64)
            self.assertEqual(shown["form"], "jws")

    def test_a_file_that_is_taken_for_a_token_is_noticed(self):
        result = assay("inspect", "file.txt")
        self.assertNotIn("assay inspect <", result.err)
        open("file.txt", "w").close()
        result = assay("inspect", "file.txt")
        self.assertEqual(result.code, 1)
        self.assertIn("to decode the tokens in a file: assay inspect < "
                      "file.txt", result.err)

    def test_shows_what_no_verifier_would_take(self):
        token = b64('{"alg":"none"}') + "." + b64("text") + ".AAAA"
        result = assay("inspect", token)
        self.assertEqual(result.code, 0)
        self.assertEqual(result.objects[0]["unverified_header"],
                         {"alg": "none"})
        self.assertEqual(
            unb64(result.objects[0]["unverified_payload_base64url"]), b"text")

    def test_what_cannot_be_decoded_has_a_problem_and_exit_code_1(self):
        good = self.token()
        header_twice = b64('{"alg":"ES256","alg":"HS256"}') + ".e30.AAAA"
        lines = ["x", "a.b", "a.b.c.d.e", ".e30.AA", header_twice, "!.e30.AA",
                 "x" * 70000, "{", "{}", '{"signature":"AA","signature":"AA"}',
                 '{"protected":"e","signature":"AA"}', '{"signatures":[1]}',
                 '{"signature":"A A"}', '{"ciphertext":"AA","iv":"="}',
                 '{"ciphertext":"AA","recipients":[1]}', good]
        result = assay("inspect", stdin="\n".join(lines))
        self.assertEqual(result.code, 1)
        self.assertEqual(len(result.objects), len(lines))
        for shown in result.objects[:-1]:
            self.assertIn('"problem"', json.dumps(shown))
            self.assertIs(shown["verified"], False)
        self.assertNotIn("problem", result.objects[-1])

    def test_of_an_encrypted_token_headers_and_lengths_are_shown(self):
        header = b64('{"alg":"A128KW","enc":"A128GCM"}')
        token = ".".join([header, b64("k" * 24), b64("i" * 12), b64("secret"),
                          b64("t" * 16)])
        shown = assay("inspect", token).objects[0]
        del shown["warning"]
        self.assertEqual(shown, {
            "index": 0, "verified": False, "form": "jwe",
            "unverified_header": {"alg": "A128KW", "enc": "A128GCM"},
            "encrypted_key_bytes": 24, "iv_bytes": 12, "ciphertext_bytes": 6,
            "tag_bytes": 16})

    def test_json_forms_are_shown_signature_by_signature(self):
        header = b64('{"alg":"ES256"}')
        payload = b64('{"iat":0}')
        flattened = json.dumps({
            "payload": payload, "protected": header, "header": {"kid": "a"},
            "signature": b64("s" * 64)})
        general = json.dumps({"payload": payload, "signatures": [
            {"protected": header, "signature": b64("s" * 64)},
            {"header": {"alg": "x"}, "signature": b64("s")}]})
        encrypted = json.dumps({
            "protected": b64('{"enc":"A128GCM"}'), "unprotected": {"jku": "j"},
            "recipients": [{"header": {"alg": "A128KW"},
                            "encrypted_key": b64("k" * 24)}, {}],
            "iv": b64("i" * 12), "aad": b64("aad"), "ciphertext": b64("c"),
            "tag": b64("t" * 16)})
        result = assay("inspect", stdin="\n".join([flattened, general,
                                                   encrypted]))
        self.assertEqual(result.code, 0)
        first, second, third = objects = result.objects
        for shown in objects:
            self.assertIs(shown.pop("verified"), False)
            del shown["warning"], shown["index"]
        claims = {"unverified_payload": {"iat": 0},
                  "unverified_times": {"iat": "1970-01-01T00:00:00Z"}}
        self.assertEqual(first, {
            "form": "jws-json", "unverified_header": {"alg": "ES256"},
            "unverified_unprotected_header": {"kid": "a"},
            "signature_bytes": 64, **claims})
        self.assertEqual(second, {
            "form": "jws-json", "signatures": [
                {"unverified_header": {"alg": "ES256"}, "signature_bytes": 64},
                {"unverified_unprotected_header": {"alg": "x"},
                 "signature_bytes": 1}], **claims})
        self.assertEqual(third, {
            "form": "jwe-json", "unverified_header": {"enc": "A128GCM"},
            "unverified_shared_header": {"jku": "j"}, "recipients": [
                {"unverified_unprotected_header": {"alg": "A128KW"},
                 "encrypted_key_bytes": 24}, {}],
            "aad_bytes": 3, "iv_bytes": 12, "ciphertext_bytes": 1,
            "tag_bytes": 16})


if __name__ == "__main__":
    main()
