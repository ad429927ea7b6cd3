"""Runs what a document shows between ```console and ```.

A line that starts with "$ " is a command, "> " goes on with it, and what
follows is what it prints, standard error included. What differs from run to run
(moments, speeds, fresh keys, ports) is made equal before it is compared.

To bring a document up to date, print it with what its commands print now:

    python3 tests/cli/console.py DOCUMENT FOLDER PROGRAMS > NEW_DOCUMENT

FOLDER is where the commands run, PROGRAMS the folder of assay and assayd.
"""

import os
import re
import subprocess
import sys

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)

# A command that ends with & is a server: the next one waits for its socket. Of
# what it prints, the document shows the beginning, up to "listening".
AWAIT = "for ((i = 0; i < 1200; ++i)); do [ -S assayd.sock ] && break; sleep 0.1; done\n"


class Step:
    """A command and what the document says it prints."""

    def __init__(self, command, shown):
        self.command = command
        self.shown = shown


def steps_of(text):
    steps = []
    for block in BLOCK.findall(text):
        for line in block.splitlines(keepends=True):
            if line.startswith("$ "):
                steps.append(Step(line[2:], ""))
            elif line.startswith("> ") and not steps[-1].shown:
                steps[-1].command += line[2:]
            else:
                steps[-1].shown += line
    return steps


def run(steps, folder, programs, timeout_s=120):
    """What each command prints, run in `folder`, with `programs` on PATH."""
    script = "code=0\n"
    for i, step in enumerate(steps):
        command = step.command.rstrip()
        # One shell for all, so that a later command finds $? and jobs.
        script += f"{{ (exit $code)\n{command}\ncode=$?; }} > .out{i} 2>&1\n"
        if command.endswith("&"):
            script += AWAIT
    script += "kill $(jobs -p) 2> /dev/null; wait\n"
    env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    subprocess.run(["bash", "-c", script], cwd=folder, env=env,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   timeout=timeout_s, check=False)
    return [printed_by(step, os.path.join(folder, f".out{i}"))
            for i, step in enumerate(steps)]


def printed_by(step, path):
    with open(path) as f:
        lines = f.readlines()
    if step.command.rstrip().endswith("&"):
        listening = [i for i, l in enumerate(lines) if '"listening"' in l]
        lines = lines[:max(listening, default=-1) + 1]
    return "".join(lines)


def comparable(text):
    for pattern, instead in [
            (r" in [0-9.]+ s, [0-9,]+ tokens/s", " in T s, N tokens/s"),
            (r'"time":"[^"]+"', '"time":"T"'),
            (r'"grpc":"[^"]+"', '"grpc":"V"'),
            (r'"worker_threads":[0-9]+', '"worker_threads":N'),
            # What the processor can do.
            (r'"lanes":"[^"]+"', '"lanes":"L"'),
            (r"127\.0\.0\.1:[0-9]+", "127.0.0.1:PORT"),
            (r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z", "MOMENT"),
            (r"\b[0-9]{10}\b", "SECONDS"),
            # Keys, signatures, tokens.
            (r"[A-Za-z0-9_-]{22,}", "BASE64URL"),
    ]:
        text = re.sub(pattern, instead, text)
    return text


def filled(text, printed):
    """The document with what the commands printed."""
    outputs = iter(printed)

    def fill(match):
        lines = []
        for line in match.group(1).splitlines(keepends=True):
            if line.startswith("$ "):
                lines.append([line])
            elif line.startswith("> "):
                lines[-1].append(line)
        return "```console\n" + "".join(
            "".join(command) + next(outputs) for command in lines) + "```"

    return BLOCK.sub(fill, text)


def main():
    document, folder, programs = sys.argv[1:]
    with open(document) as f:
        text = f.read()
    print(filled(text, run(steps_of(text), folder, programs)), end="")


if __name__ == "__main__":
    main()
