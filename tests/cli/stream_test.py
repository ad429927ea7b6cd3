#!/usr/bin/env python3
"""The command as a filter: memory, promptness, signals, broken pipes."""

import os
import pty
import select
import signal
import subprocess
import sys
import threading

sys.dont_write_bytecode = True  # The folder is the source tree.

from support import ASSAY, TIMEOUT_S, CliTest, main


class StreamTest(CliTest):

    def setUp(self):
        super().setUp()
        self.key("k.jwk", "HS256", "--kid", "k1")
        self.token = (self.tokens("k.jwk", {"sub": "joe"})[0] + "\n").encode()

    def start(self, *args, **kwargs):
        options = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
        options.update(kwargs)
        process = subprocess.Popen([ASSAY, *args], **options)

        def end():
            process.kill()
            process.wait()
            for f in [process.stdin, process.stdout, process.stderr]:
                if f is not None:
                    try:
                        f.close()
                    except BrokenPipeError:
                        pass

        self.addCleanup(end)
        # Nothing here waits for ever: the pipes end when the process does.
        watchdog = threading.Timer(TIMEOUT_S, process.kill)
        watchdog.start()
        self.addCleanup(watchdog.cancel)
        return process

    def peak_kb(self, num_chunks, args, chunk):
        """Peak memory of a run that reads `chunk` so many times."""
        # AddressSanitizer keeps what is freed for a while; that is not ours.
        options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
        process = self.start(*args, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL,
                             env={**os.environ, "ASAN_OPTIONS": options})
        for _ in range(num_chunks):
            process.stdin.write(chunk)
        process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0 if b"{" in chunk else 1)
        return usage.ru_maxrss

    def test_memory_is_constant_however_long_the_stream(self):
        verify = ["verify", "--keys", "k.jwk"]
        tokens = (self.token * 10 + b"x\n" * 90) * 100  # 10 000 lines.
        huge_line = b"x" * 1_000_000
        sign = ["sign", "--keys", "k.jwk"]
        for args, chunk, short, long in [
                (verify, tokens, 10, 60), (verify, huge_line, 10, 200),
                (sign, b'{"a":1}\n' * 10000, 10, 40)]:
            with self.subTest(args=args, bytes=chunk[:20]):
                few = self.peak_kb(short, args, chunk)
                many = self.peak_kb(long, args, chunk)
                self.assertLess(many, few + 16 * 1024)

    def test_a_slow_producer_gets_its_answers_at_once(self):
        process = self.start("verify", "--keys", "k.jwk", "--output",
                             "verdicts")
        for _ in range(3):
            process.stdin.write(self.token)
            process.stdin.flush()
            self.assertEqual(process.stdout.readline(), b"VALID\n")
        process.stdin.close()
        self.assertEqual(process.wait(TIMEOUT_S), 0)

    def test_a_slow_gzip_producer_too(self):
        import zlib
        packer = zlib.compressobj(wbits=31)
        process = self.start("verify", "--keys", "k.jwk", "--output",
                             "verdicts")
        for _ in range(3):
            process.stdin.write(packer.compress(self.token) +
                                packer.flush(zlib.Z_SYNC_FLUSH))
            process.stdin.flush()
            self.assertEqual(process.stdout.readline(), b"VALID\n")
        process.stdin.write(packer.flush())
        process.stdin.close()
        self.assertEqual(process.wait(TIMEOUT_S), 0)

    def test_a_signal_ends_it_with_a_summary_of_what_was_done(self):
        for number in [signal.SIGINT, signal.SIGTERM]:
            process = self.start("verify", "--keys", "k.jwk", "--output",
                                 "verdicts")
            process.stdin.write(self.token)
            process.stdin.flush()
            self.assertEqual(process.stdout.readline(), b"VALID\n")
            process.send_signal(number)  # Standard input stays open.
            self.assertEqual(process.wait(TIMEOUT_S), 128 + number)
            said = process.stderr.read().decode()
            self.assertIn("1 token in", said)
            self.assertIn("stopped by a signal", said)

    def test_a_line_that_a_signal_cut_is_not_judged(self):
        process = self.start("verify", "--keys", "k.jwk", "--output",
                             "verdicts")
        process.stdin.write(self.token + self.token[:20])
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), b"VALID\n")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(TIMEOUT_S), 130)
        self.assertEqual(process.stdout.read(), b"")

    def test_a_closed_stdout_ends_it_quietly_with_2(self):
        for args, line in [(["verify", "--keys", "k.jwk"], self.token),
                           (["sign", "--keys", "k.jwk"], b"{}\n")]:
            process = self.start(*args)
            process.stdout.close()
            try:
                while process.poll() is None:
                    process.stdin.write(line * 100)
                    process.stdin.flush()
            except BrokenPipeError:
                pass
            self.assertEqual(process.wait(TIMEOUT_S), 2)
            self.assertEqual(process.stderr.read(), b"")

    def test_a_full_disk_is_told(self):
        with open("/dev/full", "wb") as full:
            process = self.start("verify", "--keys", "k.jwk", stdout=full)
        _, said = process.communicate(self.token, TIMEOUT_S)
        self.assertEqual(process.returncode, 2)
        self.assertIn(b"standard output: cannot write: No space left", said)

    def test_a_closed_stdin_is_an_error(self):
        process = subprocess.run(
            ["bash", "-c", '"$0" verify --keys k.jwk <&-', ASSAY],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT_S)
        self.assertEqual(process.returncode, 2, process.stderr)

    def test_a_progress_bar_is_drawn_on_a_terminal_and_wiped(self):
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        with open("tokens", "wb") as f:
            f.write(self.token * 300_000)
        process = self.start("verify", "--keys", "k.jwk", "--output",
                             "verdicts", "tokens", stdin=None, stderr=slave)
        os.close(slave)
        said = b""
        # However quick it is, it waits for a reader who is slow until it has
        # drawn something.
        while b"%" not in said:
            if select.select([master], [], [], 0.05)[0]:
                said += os.read(master, 65536)
            elif not process.stdout.read1(4096):
                break
        rest = threading.Thread(target=process.stdout.read)
        rest.start()
        self.addCleanup(rest.join)
        try:
            while piece := os.read(master, 65536):
                said += piece
        except OSError:  # How Linux says that the other end is closed.
            pass
        self.assertEqual(process.wait(TIMEOUT_S), 0)
        self.assertIn(b"[", said)
        self.assertIn(b"%", said)
        self.assertIn(b"\r\x1b[Kassay verify: 300000 tokens in", said)


if __name__ == "__main__":
    main()
