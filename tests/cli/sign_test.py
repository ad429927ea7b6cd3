#!/usr/bin/env python3
"""assay sign: tokens in order, errors by line, options, exit codes."""

import json
import os
import sys
import time

sys.dont_write_bytecode = True  # The folder is the source tree.

from support import CliTest, assay, main, unb64


def parts(token):
    header, payload, _ = token.split(".")
    return json.loads(unb64(header)), unb64(payload)


class SignTest(CliTest):

    def setUp(self):
        super().setUp()
        self.key("k.jwk", "EdDSA", "--kid", "k1")

    def sign(self, text, *args):
        return assay("sign", "--keys", "k.jwk", *args, stdin=text)

    def test_a_claims_object_is_signed_exactly_as_given(self):
        text = '{ "b":1.0,"a" : [1e2] }'
        result = self.sign(text)
        self.assertEqual(result.code, 0)
        header, payload = parts(result.lines[0])
        self.assertEqual(header, {"alg": "EdDSA", "kid": "k1"})
        self.assertEqual(payload.decode(), text)

    def test_tokens_come_in_the_order_of_the_lines(self):
        text = "".join('{"n":%d}\n' % n for n in range(10000))
        for threads in ["1", "2"]:
            result = self.sign(text, "--threads", threads)
            numbers = [json.loads(parts(t)[1])["n"] for t in result.lines]
            self.assertEqual(numbers, list(range(10000)))

    def test_a_line_that_cannot_be_signed_is_told_by_its_number(self):
        text = '{"a":1}\n\n[1]\n{"a":1,"a":2}\n{"b":2}\r\n' + (
            '{"x":"%s"}\n' % ("x" * 70000)) + "{\n"
        result = self.sign(text)
        self.assertEqual(result.code, 1)
        self.assertEqual([parts(t)[1] for t in result.lines],
                         [b'{"a":1}', b'{"b":2}'])
        for line in [3, 4, 6, 7]:
            self.assertIn(f"assay sign: standard input:{line}: ", result.err)
        self.assertIn("4 of 6 lines were not signed", result.err)

    def test_files_are_named_in_errors(self):
        self.write("claims.ndjson", "{}\nnonsense\n")
        result = assay("sign", "--keys", "k.jwk", "claims.ndjson")
        self.assertEqual(result.code, 1)
        self.assertIn("claims.ndjson:2: ", result.err)

    def test_options_shape_header_and_claims(self):
        before = int(time.time())
        result = self.sign('{"sub":"joe"}', "--typ", "at+jwt", "--header",
                           '{"x":[1]}', "--iat", "--expires-in", "1h30m",
                           "--not-before-in", "0s", "--jti", "--kid", "k1",
                           "--alg", "EdDSA")
        self.assertEqual(result.code, 0, result.err)
        header, payload = parts(result.lines[0])
        self.assertEqual(header, {"alg": "EdDSA", "kid": "k1", "typ": "at+jwt",
                                  "x": [1]})
        claims = json.loads(payload)
        self.assertEqual(claims["sub"], "joe")
        self.assertGreaterEqual(claims["iat"], before)
        self.assertEqual(claims["exp"], claims["iat"] + 5400)
        self.assertEqual(claims["nbf"], claims["iat"])
        self.assertEqual(len(unb64(claims["jti"])), 16)

    def test_a_claim_that_is_there_is_never_overwritten(self):
        result = self.sign('{"exp":5}\n{"a":1}\n', "--expires-in", "1h")
        self.assertEqual((result.code, len(result.lines)), (1, 1))
        self.assertIn("standard input:1: ", result.err)

    def test_form_jws_signs_any_line(self):
        result = self.sign("any text\n[]\n", "--form", "jws")
        self.assertEqual(result.code, 0, result.err)
        self.assertEqual([parts(t)[1] for t in result.lines],
                         [b"any text", b"[]"])

    def test_nothing_in_nothing_out(self):
        result = self.sign("\n\n")
        self.assertEqual((result.code, result.out, result.err), (0, b"", ""))

    def test_says_what_is_wrong(self):
        sign = ["sign", "--keys", "k.jwk"]
        public = self.ok("jwks", "public", "k.jwk").out
        self.write("public.jwks", public)
        self.refused(["sign"], "no keys")
        self.refused(["sign", "--keys", "gone.jwk"], "gone.jwk")
        self.refused(["sign", "--keys", "public.jwks"], "assay sign: ")
        self.refused([*sign, "--kid", "other"], "other")
        self.refused([*sign, "--alg", "ES256"], "ES256")
        self.refused([*sign, "--alg", "none"], "never accepted")
        self.refused([*sign, "--alg", "eddsa"], "is not known")
        self.refused([*sign, "--form", "x"], "--form")
        self.refused([*sign, "--expires-in", "60"], "--expires-in")
        self.refused([*sign, "--not-before-in", "x"], "--not-before-in")
        self.refused([*sign, "--form", "jws", "--iat"], "--form jws")
        for header in ["[]", "{", '{"alg":"none"}', '{"kid":"x"}',
                       '{"crit":["x"]}', '{"b64":false}', '{"x":1,"x":2}']:
            self.refused([*sign, "--header", header], "assay sign: ")
        self.refused([*sign, "gone.ndjson"], "gone.ndjson", "No such file")
        self.refused(["sign", "--keys", "-"], "name a file of lines")

    def test_keys_may_rest_encrypted(self):
        self.write("password", "pass word\n")
        self.write("other", "another\n")
        self.write("readable", "pass word\n", mode=0o644)
        key = self.key("k.key", "ES256", "--encrypt-with-password-file",
                       "password")
        self.assertEqual(self.read(key).count("."), 4)
        os.chmod(key, 0o644)  # It is of no use without the password.
        sealed = ["--keys", key, "--password-file"]
        token = self.ok("sign", *sealed, "password", stdin="{}\n").out
        self.write("public.jwks",
                   self.ok("jwks", "public", key, "--password-file", "-",
                           stdin="pass word").out)
        self.assertEqual(
            self.ok("verify", "--keys", "public.jwks", stdin=token).verdicts,
            ["VALID"])
        self.refused(["sign", "--keys", key], "--password-file FILE")
        self.refused(["sign", *sealed, "other"],
                     "the password does not open this encrypted key")
        self.refused(["sign", *sealed, "readable"],
                     "readable: holds a password, but group or others may "
                     "read it (chmod 600 it)")
        self.refused(["sign", *sealed, "-"], "standard input")
        self.refused(["jwks", "public", "-", "--password-file", "-"],
                     "keys and their password cannot both be standard input")

    def test_thumbprints_are_shown_but_of_secrets(self):
        self.key("s.jwk", "HS256")
        print_ = self.ok("jwks", "thumbprint", "k.jwk").lines
        self.assertEqual(len(print_[0]), 43)
        self.assertEqual(
            self.ok("jwks", "thumbprint", "--uri", "k.jwk").lines,
            ["urn:ietf:params:oauth:jwk-thumbprint:sha-256:" + print_[0]])
        result = self.ok("jwks", "thumbprint", "k.jwk", "s.jwk")
        self.assertEqual(result.lines, print_)
        self.assertIn("1 secret is left out: a thumbprint helps to guess at "
                      "one; --secrets shows it", result.err)
        self.assertEqual(
            len(self.ok("jwks", "thumbprint", "--secrets", "s.jwk").lines), 1)

    def test_a_set_of_several_keys_needs_a_kid(self):
        self.key("a.jwk", "ES256", "--kid", "a")
        both = ["sign", "--keys", "a.jwk", "--keys", "k.jwk"]
        self.refused(both, "assay sign: ", stdin="{}")
        token = self.ok(*both, "--kid", "a", stdin="{}").lines[0]
        self.assertEqual(parts(token)[0], {"alg": "ES256", "kid": "a"})


if __name__ == "__main__":
    main()
