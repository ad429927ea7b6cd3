#!/usr/bin/env python3
"""assay verify --profile: what a kind of token must be."""

import base64
import hashlib
import sys
import time

sys.dont_write_bytecode = True  # The folder is the source tree.

from support import CliTest, assay, main

NOW = int(time.time())
FROM_ME = {"iss": "https://idp", "aud": "me", "sub": "joe", "iat": NOW,
           "exp": NOW + 600}
AS_ME = ["--issuer", "https://idp", "--audience", "me"]


class ProfileTest(CliTest):

    def setUp(self):
        super().setUp()
        self.key("k.jwk", "ES256")

    def judged(self, claims, *args, typ=None):
        flags = ["--typ", typ] if typ else []
        token = self.tokens("k.jwk", claims, flags=flags)[0]
        return assay("verify", "--keys", "k.jwk", *args,
                     stdin=token).objects[0]

    def verdict(self, *args, **kwargs):
        return self.judged(*args, **kwargs)["verdict"]

    def test_access_token(self):
        claims = {**FROM_ME, "client_id": "app", "jti": "1"}
        args = ["--profile", "access-token", *AS_ME]
        self.assertEqual(self.verdict(claims, *args, typ="at+jwt"), "VALID")
        self.assertEqual(self.verdict(claims, *args), "WRONG_TYPE")
        self.assertEqual(self.verdict(FROM_ME, *args, typ="at+jwt"),
                         "MISSING_CLAIM")

    def test_id_token(self):
        access = self.write("access", "abc\n")
        half = hashlib.sha256(b"abc").digest()[:16]
        claims = {**FROM_ME, "nonce": "n", "at_hash":
                  base64.urlsafe_b64encode(half).rstrip(b"=").decode()}
        args = ["--profile", "id-token", *AS_ME, "--nonce", "n",
                "--access-token-file", access]
        self.assertEqual(self.verdict(claims, *args), "VALID")
        wrong = self.judged({**claims, "nonce": "m"}, *args)
        self.assertEqual(wrong["verdict"], "INVALID_CLAIM")
        self.assertEqual(wrong["reason"],
                         "nonce is not the one that the policy asks for")
        self.assertEqual(
            self.judged({**claims, "at_hash": "AA"}, *args)["reason"],
            "at_hash is not of the access token that the policy names")

    def test_logout_token(self):
        claims = {**FROM_ME, "jti": "1", "events": {
            "http://schemas.openid.net/event/backchannel-logout": {}}}
        args = ["--profile", "logout-token", *AS_ME]
        self.assertEqual(self.verdict(claims, *args, typ="logout+jwt"), "VALID")
        # Whatever the result carries, what is nested is looked at.
        self.assertEqual(
            self.verdict({**claims, "events": {}}, *args, typ="logout+jwt"),
            "INVALID_CLAIM")

    def test_jwt_svid(self):
        claims = {"sub": "spiffe://example.org/a", "aud": "me",
                  "exp": NOW + 600}
        args = ["--profile", "jwt-svid", "--audience", "me", "--trust-domain"]
        self.assertEqual(self.verdict(claims, *args, "example.org"), "VALID")
        self.assertEqual(self.judged(claims, *args, "example.com")["reason"],
                         "sub is of another trust domain than the policy's")

    def test_what_does_not_go_together_is_refused(self):
        verify = ["verify", "--keys", "k.jwk"]
        self.refused([*verify, "--profile", "id-token"], "issuers")
        self.refused([*verify, "--profile", "id-token", *AS_ME, "--audience",
                      "other"], "needs exactly one, your client_id")
        self.refused([*verify, "--nonce", "n"],
                     "nonce: only the profile id-token judges it")
        self.refused([*verify, "--profile", "access-token", *AS_ME, "--typ",
                      "JWT"], "typ: the profile access-token asks for at+jwt")
        self.refused([*verify, "--profile", "nonsense"], "--profile")
        self.refused([*verify, "--profile", "id-token", *AS_ME,
                      "--max-auth-age", "x"], "--max-auth-age")
        self.refused([*verify, "--profile", "id-token", *AS_ME, "--code-file",
                      "nowhere"], "--code-file", "cannot read nowhere")
        self.refused([*verify, "--form", "jws", "--profile", "jwt-svid"],
                     "--profile judges a claim")


if __name__ == "__main__":
    main()
