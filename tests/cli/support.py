"""What the tests of the command share: running it, keys, tokens."""

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

ALGORITHMS = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384",
    "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
]

# The paths that the BUILD file gives, before the current folder changes.
ASSAY = os.path.abspath(sys.argv[1])
ASSAYD = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None

# A bound for anything that should take no time, on the slowest machine.
TIMEOUT_S = 120


def b64(data):
    if isinstance(data, str):
        data = data.encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Result:
    def __init__(self, completed):
        self.code = completed.returncode
        self.out = completed.stdout
        self.err = completed.stderr.decode()

    @property
    def lines(self):
        return self.out.decode().splitlines()

    @property
    def objects(self):
        return [json.loads(line) for line in self.lines]

    @property
    def verdicts(self):
        return [o["verdict"] for o in self.objects]


def assay(*args, stdin=b"", **kwargs):
    if isinstance(stdin, str):
        stdin = stdin.encode()
    return Result(
        subprocess.run([ASSAY, *args], input=stdin, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=TIMEOUT_S, **kwargs))


class CliTest(unittest.TestCase):
    """Each test has a folder of its own, which is the current one."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)

    def ok(self, *args, **kwargs):
        """Runs assay, which must exit 0."""
        result = assay(*args, **kwargs)
        self.assertEqual(result.code, 0, (args, result.err))
        return result

    def key(self, name, alg, *args):
        """A fresh private key in the file `name`."""
        self.ok("keygen", "--alg", alg, "--out", name, *args)
        return name

    def tokens(self, key, *claims, flags=()):
        """A token for each claims object."""
        text = "".join(json.dumps(c) + "\n" for c in claims)
        return self.ok("sign", "--keys", key, *flags, stdin=text).lines

    def write(self, name, data, mode=0o600):
        if isinstance(data, str):
            data = data.encode()
        with open(name, "wb") as f:
            f.write(data)
        os.chmod(name, mode)
        return name

    def read(self, name):
        with open(name) as f:
            return f.read()

    def assayd(self, *args, num_listeners=1, **kwargs):
        """A running server, and its log until it listened."""
        process = subprocess.Popen(
            [ASSAYD, *args], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, **kwargs)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        # Nothing here waits for ever: the pipe ends when the process does.
        watchdog = threading.Timer(TIMEOUT_S, process.kill)
        watchdog.start()
        self.addCleanup(watchdog.cancel)
        log = []
        while sum(e["event"] == "listening" for e in log) < num_listeners:
            line = process.stderr.readline()
            self.assertNotEqual(line, "", log)
            log.append(json.loads(line))
        return process, log

    def stop(self, process):
        """A server that is asked to stop exits 0."""
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(TIMEOUT_S), 0)

    def refused(self, args, *messages, code=2, stdin=b""):
        """The command exits with `code`, prints nothing and says all this."""
        result = assay(*args, stdin=stdin)
        self.assertEqual(result.code, code, (args, result.err))
        self.assertEqual(result.out, b"", args)
        for message in messages:
            self.assertIn(message, result.err, args)


def main():
    unittest.main(argv=[sys.argv[0]], verbosity=2)
