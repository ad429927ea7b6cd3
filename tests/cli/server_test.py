#!/usr/bin/env python3
"""assay with --server: the same answers as without."""

import os
import sys

sys.dont_write_bytecode = True  # The folder is the source tree.

from support import ALGORITHMS, CliTest, assay, main

CONFIG = """
listeners { address: "unix:assayd.sock" }
key_sets { name: "keys" paths: "keys" use: KEY_SET_USE_SIGN }
key_sets { name: "secrets" paths: "secrets" use: KEY_SET_USE_SIGN }
key_sets { name: "public" paths: "public.jwks" use: KEY_SET_USE_PUBLIC }
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


if __name__ == "__main__":
    main()
