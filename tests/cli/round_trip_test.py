#!/usr/bin/env python3
"""keygen -> jwks public -> sign -> verify, by pipe, for every algorithm."""

import json
import os
import stat
import subprocess
import sys

sys.dont_write_bytecode = True  # The folder is the source tree.

from support import ALGORITHMS, ASSAY, TIMEOUT_S, CliTest, assay, main, unb64

CLAIMS = '{"sub":"joe", "n":9007199254740993, "pi":3.10}\n{"sub":"ann"}\n'


def shell(script):
    """Runs a bash script, in which $assay is the command."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={**os.environ, "assay": ASSAY},
        input=CLAIMS.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        timeout=TIMEOUT_S)


class RoundTripTest(CliTest):

    def check(self, completed, alg, kid):
        self.assertEqual(completed.returncode, 0, completed.stderr)
        lines = completed.stdout.decode().splitlines()
        self.assertEqual(lines, [
            '{"index":0,"verdict":"VALID","alg":"%s","kid":"%s","claims":'
            '{"sub":"joe", "n":9007199254740993, "pi":3.10}}' % (alg, kid),
            '{"index":1,"verdict":"VALID","alg":"%s","kid":"%s","claims":'
            '{"sub":"ann"}}' % (alg, kid),
        ])

    def test_every_algorithm_round_trips_by_pipe(self):
        for alg in ALGORITHMS:
            with self.subTest(alg):
                # A secret has no public half: who verifies needs the secret.
                public = ('cp private public' if alg.startswith("HS") else
                          '"$assay" jwks public - < private > public')
                self.check(shell(f'''
                    rm -f private public
                    "$assay" keygen --alg {alg} --kid my-{alg} > private
                    {public}
                    "$assay" sign --keys private | "$assay" verify --keys public
                '''), alg, f"my-{alg}")

    def test_keys_come_through_pipes_and_process_substitutions(self):
        completed = shell('''
            key=$("$assay" keygen --alg ES384 --kid k)
            "$assay" sign --keys <(echo "$key") > tokens
            echo "$key" | "$assay" jwks public - |
              "$assay" verify --keys - tokens
        ''')
        self.check(completed, "ES384", "k")

    def test_verify_takes_private_keys_and_uses_their_public_half(self):
        key = self.key("k.jwk", "PS256")
        tokens = "\n".join(self.tokens(key, {"a": 1}))
        self.assertEqual(
            self.ok("verify", "--keys", key, stdin=tokens).verdicts, ["VALID"])

    def test_a_folder_of_keys_is_a_key_set(self):
        os.mkdir("keys")
        for alg in ["RS256", "ES256", "EdDSA"]:
            self.key(f"keys/{alg}.jwk", alg, "--kid", alg)
        tokens = []
        for alg in ["ES256", "EdDSA", "RS256"]:
            tokens += self.tokens("keys", {"alg": alg}, flags=["--kid", alg])
        result = self.ok("verify", "--keys", "keys", stdin="\n".join(tokens))
        self.assertEqual([o["kid"] for o in result.objects],
                         ["ES256", "EdDSA", "RS256"])

    def test_keys_may_be_repeated(self):
        a, b = self.key("a.jwk", "ES256"), self.key("b.jwk", "EdDSA")
        tokens = self.tokens(a, {}) + self.tokens(b, {})
        self.ok("verify", "--keys", a, "--keys", b, stdin="\n".join(tokens))


class KeygenTest(CliTest):

    def test_kid_is_the_thumbprint_unless_given(self):
        jwk = self.ok("keygen", "--alg", "ES256").objects[0]
        self.assertEqual(len(unb64(jwk["kid"])), 32)
        self.assertEqual((jwk["alg"], jwk["use"], jwk["kty"], jwk["crv"]),
                         ("ES256", "sig", "EC", "P-256"))
        jwk = self.ok("keygen", "--alg", "ES256", "--kid", "x").objects[0]
        self.assertEqual(jwk["kid"], "x")

    def test_two_keys_are_never_the_same(self):
        self.assertNotEqual(self.ok("keygen", "--alg", "HS256").out,
                            self.ok("keygen", "--alg", "HS256").out)

    def test_bits_choose_the_size_of_an_rsa_key(self):
        for args, bits in [((), 2048), (("--bits", "3072"), 3072)]:
            jwk = self.ok("keygen", "--alg", "RS256", *args).objects[0]
            self.assertEqual(len(unb64(jwk["n"])) * 8, bits)

    def test_out_is_private_and_never_overwritten(self):
        self.key("k.jwk", "EdDSA")
        self.assertEqual(stat.S_IMODE(os.stat("k.jwk").st_mode), 0o600)
        before = self.read("k.jwk")
        self.refused(["keygen", "--alg", "EdDSA", "--out", "k.jwk"],
                     "k.jwk exists", "remove it first")
        self.assertEqual(self.read("k.jwk"), before)

    def test_a_closed_stdout_is_an_error_and_no_file_takes_its_place(self):
        for args in ["", "--out k.jwk >&- <&-"]:
            completed = shell(f'"$assay" keygen --alg EdDSA {args or ">&-"} ||'
                              ' echo "exit code $?" >&2')
            self.assertEqual(completed.stdout, b"")
            self.assertEqual(b"exit code 2" in completed.stderr, args == "")
        self.assertEqual(json.loads(self.read("k.jwk"))["kty"], "OKP")

    def test_a_redirected_key_file_becomes_private(self):
        completed = shell(
            'umask 022; "$assay" keygen --alg EdDSA > k.jwk; '
            '"$assay" sign --keys k.jwk')
        self.assertEqual(completed.returncode, 0, completed.stderr)
        self.assertEqual(stat.S_IMODE(os.stat("k.jwk").st_mode), 0o600)
        self.assertIn(b"readable by you alone", completed.stderr)

    def test_says_what_is_wrong(self):
        keygen = ["keygen", "--alg"]
        self.refused(["keygen"], "--alg is required", "keygen --help")
        self.refused([*keygen, "es256"], '"es256" is not known', "ES256")
        for none in ["none", "None", "NONE", "nOnE"]:
            self.refused([*keygen, none], "never accepted")
        self.refused([*keygen, "ES256", "--bits", "2048"], "for RSA keys")
        for bits in ["1024", "2047", "2049", "16384", "-1"]:
            self.refused([*keygen, "RS256", "--bits", bits], "--bits", bits)
        self.refused([*keygen, "RS256", "--bits", "many"], "--bits")
        self.refused([*keygen, "ES256", "--out", "no/such/k.jwk"],
                     "no/such/k.jwk", "No such file")


class JwksTest(CliTest):

    PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "k"}

    def test_prints_the_public_halves_of_all_files_in_order(self):
        files = [self.key(f"{a}.jwk", a, "--kid", a)
                 for a in ["RS256", "ES512", "Ed25519"]]
        jwks = self.ok("jwks", "public", *files).objects
        self.assertEqual([k["kid"] for k in jwks[0]["keys"]],
                         ["RS256", "ES512", "Ed25519"])
        for key in jwks[0]["keys"]:
            self.assertFalse(self.PRIVATE & set(key))

    def test_leaves_secrets_out_and_says_so(self):
        key = self.key("k.jwk", "HS256")
        result = self.ok("jwks", "public", key)
        self.assertEqual(result.objects, [{"keys": []}])
        self.assertIn("1 secret is left out", result.err)

    def test_takes_pem(self):
        pem = subprocess.run(
            ["openssl", "genpkey", "-algorithm", "ed25519"],
            stdout=subprocess.PIPE, check=True, timeout=TIMEOUT_S).stdout
        jwk = self.ok("jwks", "public", "-", stdin=pem).objects[0]["keys"][0]
        self.assertEqual((jwk["kty"], jwk["crv"]), ("OKP", "Ed25519"))

    def test_says_what_is_wrong(self):
        jwks = ["jwks", "public"]
        self.refused(["jwks"], "subcommand is required")
        self.refused(jwks, "FILE is required")
        self.refused([*jwks, "gone.jwk"], "gone.jwk", "No such file")
        self.refused([*jwks, "-"], "standard input", stdin="not a key\n")
        self.write("empty.jwk", "")
        self.refused([*jwks, "empty.jwk"], "empty.jwk")


class SecretFilesTest(CliTest):

    def test_readable_secrets_are_refused_unless_allowed(self):
        key = self.key("k.jwk", "ES256")
        os.chmod(key, 0o644)
        allow = "--allow-readable-secrets"
        for args in [["sign", "--keys", key], ["verify", "--keys", key],
                     ["jwks", "public", key]]:
            self.refused(args, "k.jwk", "chmod 600", allow)
            self.ok(*args, allow)

    def test_readable_public_keys_are_welcome(self):
        key = self.key("k.jwk", "ES256")
        public = self.ok("jwks", "public", key).out
        self.write("k.jwks", public, mode=0o644)
        self.ok("verify", "--keys", "k.jwks")

    def test_no_secret_is_ever_told(self):
        key = self.key("k.jwk", "HS256")
        jwk = json.loads(self.read(key))
        secret = jwk["k"]
        jwk["k"] = secret[:10]  # Too short a secret.
        self.write("short.jwk", json.dumps(jwk))
        self.write("broken.jwk", json.dumps(jwk)[:-1])
        for name in ["short.jwk", "broken.jwk"]:
            result = assay("sign", "--keys", name, stdin="{}")
            self.assertEqual(result.code, 2)
            self.assertIn(name, result.err)
            self.assertNotIn(secret[:10], result.err)


if __name__ == "__main__":
    main()
