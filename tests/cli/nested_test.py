#!/usr/bin/env python3
"""assay verify --form nested: a signed JWT within a JWE, and so on."""

import sys

sys.dont_write_bytecode = True  # The folder is the source tree.

from support import CliTest, assay, b64, main

NESTED = ["--form", "nested"]
KEYS = [*NESTED, "--keys", "sig.jwk", "--decrypt-keys", "enc.jwk"]
SVID = ["--profile", "jwt-svid", "--audience", "a", "--trust-domain", "b"]


def flip(token):
    """The compact token with another last character but one."""
    return token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]


class NestedTest(CliTest):

    def setUp(self):
        super().setUp()
        self.key("sig.jwk", "ES256", "--kid", "s")
        self.key("enc.jwk", "ECDH-ES", "--kid", "e")

    def encrypt(self, text, *args, key="enc.jwk"):
        return self.ok("encrypt", "--keys", key, *args, stdin=text).lines[0]

    def signed(self, claims=None, *args):
        return self.tokens("sig.jwk", claims or {"sub": "joe"}, flags=args)[0]

    def nested(self, claims=None):
        return self.encrypt(self.signed(claims), "--cty", "JWT")

    def verify(self, *tokens, flags=()):
        return assay("verify", *KEYS, *flags, stdin="\n".join(tokens))

    def not_valid(self, token, verdict, reason, flags=()):
        """That verdict and reason, and nothing else is told of the token."""
        result = self.verify(token, flags=flags)
        self.assertEqual(result.code, 1, result.err)
        self.assertEqual(result.objects, [
            {"index": 0, "verdict": verdict, "reason": reason}])

    def test_what_was_signed_and_encrypted_is_valid_and_tells_its_path(self):
        result = self.verify(self.nested(), "nonsense", self.nested())
        self.assertEqual(result.code, 1)
        valid = ('"verdict":"VALID","alg":"ES256","kid":"s","path":['
                 '{"alg":"ECDH-ES","enc":"A256GCM","kid":"e"},'
                 '{"alg":"ES256","kid":"s"}],"claims":{"sub": "joe"}}')
        self.assertEqual(result.lines[0], '{"index":0,' + valid)
        self.assertEqual(result.lines[2], '{"index":2,' + valid)
        self.assertEqual(result.verdicts, ["VALID", "MALFORMED", "VALID"])

    def test_other_outputs(self):
        tokens = [self.nested(), flip(self.nested())]
        result = self.verify(*tokens, flags=["--output", "verdicts"])
        self.assertEqual(result.lines, ["VALID", "DECRYPTION_FAILED"])
        result = self.verify(*tokens, flags=["--output", "summary"])
        self.assertEqual((result.code, result.out), (1, b""))
        self.assertRegex(result.err,
                         r"  VALID +1\n  DECRYPTION_FAILED +1\n$")

    def test_the_wrong_decryption_key(self):
        failed = ("DECRYPTION_FAILED",
                  "a layer of the token could not be decrypted")
        self.key("of_same_name.jwk", "ECDH-ES", "--kid", "e")
        self.not_valid(self.encrypt(self.signed(), "--cty", "JWT",
                                    key="of_same_name.jwk"), *failed)
        self.not_valid(flip(self.nested()), *failed)
        self.key("other.jwk", "ECDH-ES", "--kid", "o")
        self.not_valid(
            self.encrypt(self.signed(), "--cty", "JWT", key="other.jwk"),
            "UNKNOWN_KEY",
            "no key of the decryption key set fits a layer of the token")

    def test_cty_has_to_be_jwt(self):
        why = "the token is not nested: its cty is not JWT"
        self.not_valid(self.encrypt(self.signed()), "WRONG_TYPE", why)
        self.not_valid(self.encrypt(self.signed(), "--cty", "text"),
                       "WRONG_TYPE", why)

    # Anybody can encrypt claims to a public key.
    def test_claims_that_are_only_encrypted_are_never_valid(self):
        for args, verdict in [([], "WRONG_TYPE"),
                              (["--cty", "JWT"], "MALFORMED")]:
            result = self.verify(self.encrypt('{"sub":"joe"}', *args))
            self.assertEqual(result.verdicts, [verdict])
            self.assertEqual(set(result.objects[0]),
                             {"index", "verdict", "reason"})

    def test_a_token_that_is_only_signed_is_not_nested(self):
        self.not_valid(self.signed(), "WRONG_TYPE",
                       "the token is not nested: its cty is not JWT")

    def test_the_signature_within_counts(self):
        token = self.encrypt(flip(self.signed()), "--cty", "JWT")
        self.not_valid(token, "INVALID_SIGNATURE",
                       "the signature does not match")
        self.key("other.jwk", "ES256", "--kid", "s")
        foreign = self.tokens("other.jwk", {"sub": "joe"})[0]
        self.not_valid(self.encrypt(foreign, "--cty", "JWT"),
                       "INVALID_SIGNATURE", "the signature does not match")
        none = ".".join([b64('{"alg":"none"}'), b64("{}"), ""])
        self.assertNotEqual(
            self.verify(self.encrypt(none, "--cty", "JWT")).verdicts,
            ["VALID"])

    def test_the_claims_within_are_judged(self):
        token = self.nested({"iss": "me", "exp": 1})
        self.assertEqual(self.verify(token).verdicts, ["EXPIRED"])
        as_of = ["--as-of", "0"]
        self.assertEqual(self.verify(token, flags=as_of).verdicts, ["VALID"])
        self.assertEqual(
            self.verify(token, flags=[*as_of, "--issuer", "you"]).verdicts,
            ["WRONG_ISSUER"])
        self.assertEqual(
            self.verify(token, flags=[*as_of, *SVID]).verdicts,
            ["MISSING_CLAIM"])
        svid = self.nested({"sub": "spiffe://b/c", "aud": "a", "exp": 1})
        self.assertEqual(self.verify(svid, flags=[*as_of, *SVID]).verdicts,
                         ["VALID"])

    def test_more_layers_have_to_be_allowed(self):
        deep = self.encrypt(self.nested(), "--cty", "JWT")
        self.not_valid(deep, "TOO_LARGE",
                       "the token has more layers than the limit")
        result = self.verify(deep, flags=["--max-layers", "3"])
        self.assertEqual([layer["alg"] for layer in result.objects[0]["path"]],
                         ["ECDH-ES", "ECDH-ES", "ES256"])

    def test_a_jwe_within_a_jws(self):
        self.write("token", self.nested())
        outer = self.ok("sign", "--keys", "sig.jwk", "--form", "jws",
                        "--header", '{"cty":"JWT"}', "token").lines[0]
        result = self.verify(outer, flags=["--max-layers", "3"])
        self.assertEqual([layer["alg"] for layer in result.objects[0]["path"]],
                         ["ES256", "ECDH-ES", "ES256"])

    def test_a_token_that_is_too_long(self):
        self.not_valid("x" * 70000, "TOO_LARGE",
                       "the token is larger than the limit")

    def test_keys_that_decrypt_may_be_encrypted_or_standard_input(self):
        self.write("password", "correct horse battery staple\n")
        self.key("locked.jwk", "ECDH-ES", "--kid", "l",
                 "--encrypt-with-password-file", "password")
        token = self.write("token", self.nested())
        keys = ["verify", *NESTED, "--keys", "sig.jwk"]
        with open("enc.jwk", "rb") as f:
            self.ok(*keys, "--decrypt-keys", "-", token, stdin=f.read())
        self.ok(*keys, "--decrypt-keys", "enc.jwk", "--decrypt-keys",
                "locked.jwk", "--decrypt-password-file", "password", token)

    def test_what_does_not_go_together_is_refused(self):
        keys = ["verify", "--keys", "sig.jwk"]
        self.refused([*keys, *NESTED], "give --decrypt-keys FILE")
        self.refused([*keys, "--decrypt-keys", "enc.jwk"],
                     "--decrypt-keys is about nested tokens, not those of "
                     "--form jwt; say --form nested")
        self.refused([*keys, "--form", "jws", "--max-layers", "2"],
                     "--max-layers is about nested tokens")
        server = ["verify", "--server", "localhost:1", "--key-set", "a"]
        name_it = "--decryption-key-set NAME, the server's key set that decrypts"
        self.refused([*server, *NESTED],
                     f"--form nested with --server needs {name_it}")
        self.refused([*server, *NESTED, "--decrypt-keys", "enc.jwk"],
                     "--decrypt-keys and --server exclude each other; say "
                     + name_it)
        self.refused([*server, "--decryption-key-set", "b"],
                     "--decryption-key-set is about nested tokens, not those "
                     "of --form jwt; say --form nested")
        self.refused(["verify", *KEYS, "--decryption-key-set", "b"],
                     "--decryption-key-set goes with --server ADDR, which is "
                     "not given")
        self.refused(["verify", *NESTED, "--keys", "-", "--decrypt-keys", "-",
                      "f"], "cannot both be standard input")
        self.refused(["verify", *NESTED, "--keys", "sig.jwk",
                      "--decrypt-keys", "-"],
                     "keys come from standard input, so lines cannot")
        for layers in ["1", "5"]:
            self.refused([*keys, *NESTED, "--max-layers", layers],
                         "--max-layers")
        self.refused([*keys, *NESTED, "--decrypt-keys", "sig.jwk"],
                     "--decrypt-keys")
        self.refused(["verify", *KEYS, "--b64", "false"],
                     "--b64 false does not go with --form nested")
        self.refused(["verify", *KEYS, "--detached", "f"],
                     "--detached does not go with --form nested")
        self.refused(["sign", "--keys", "sig.jwk", *NESTED], "--form")


if __name__ == "__main__":
    main()
