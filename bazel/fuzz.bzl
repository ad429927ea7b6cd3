"""cc_fuzz_test: one fuzz target, as a regression test and as a fuzzer."""

def cc_fuzz_test(name, srcs, corpus = [], deps = [], tags = [], **kwargs):
    """A program with LLVMFuzzerTestOneInput.

    In an ordinary build this is a test that replays the corpus, and some
    hundreds of seeded mutations of every file (bazel/fuzz/replay_main.cc).
    With --config=fuzz it is the libFuzzer program, which starts from the corpus:

      ./bazelw run --config=fuzz //tests/fuzz:jwk_fuzz -- -runs=1000000
      ./bazelw run --config=fuzz //tests/fuzz:jwk_fuzz -- -max_total_time=60 DIR

    The second form keeps new corpus files in DIR. As a test it stops after
    20 000 runs.

    Args:
      name: of the target.
      srcs: with LLVMFuzzerTestOneInput (and perhaps LLVMFuzzerInitialize).
      corpus: files of this package, as from glob().
      deps: of the program.
      tags: of the test; "fuzz" is added.
      **kwargs: passed to cc_test.
    """
    files = ["/".join([native.package_name(), file]) for file in corpus]
    seeds = ["-seed_inputs=" + ",".join(files)] if files else []
    native.cc_test(
        name = name,
        srcs = srcs,
        args = select({
            "//bazel/fuzz:fuzzing": seeds + ["-runs=20000"],
            "//conditions:default": files,
        }),
        data = corpus,
        linkopts = select({
            "//bazel/fuzz:fuzzing": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        tags = tags + ["fuzz"],
        deps = deps + select({
            "//bazel/fuzz:fuzzing": [],
            "//conditions:default": ["//bazel/fuzz:replay_main"],
        }),
        **kwargs
    )
