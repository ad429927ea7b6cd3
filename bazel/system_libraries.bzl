"""@system: Debian's C++ libraries as Bazel labels, by way of pkg-config.

The headers are under /usr/include, where the compiler looks anyway, so a label
carries only defines and the link line. The libraries are Debian's shared ones,
but for the few that Debian ships only as archives (GoogleTest).
"""

# label -> how to link it.
#   pc:    pkg-config modules ("absl_*" stands for every module of abseil)
#   libs:  libraries that have no pkg-config module of their own
#   whole: keep the library even if no symbol of it is used, because its static
#          initialisers do the work
#   deps:  other labels of this table
_LIBRARIES = {
    "absl": struct(pc = ["absl_*"]),
    "benchmark": struct(pc = ["benchmark"]),
    "benchmark_main": struct(libs = ["benchmark_main"], deps = ["benchmark"]),
    "cli11": struct(pc = ["CLI11"]),
    "grpcpp": struct(pc = ["grpc++"], deps = ["absl", "protobuf"]),
    "grpcpp_reflection": struct(libs = ["grpc++_reflection"], whole = True, deps = ["grpcpp"]),
    "gtest": struct(pc = ["gmock", "gtest"]),
    "gtest_main": struct(libs = ["gtest_main"], deps = ["gtest"]),
    "microhttpd": struct(pc = ["libmicrohttpd"]),
    "protobuf": struct(pc = ["protobuf"]),
    "simdjson": struct(pc = ["simdjson"]),
    "tbb": struct(pc = ["tbb"]),
    "urcu_bp": struct(pc = ["liburcu-bp"]),
    "zlib": struct(pc = ["zlib"]),
}

# Programs that build actions run. As labels they are inputs, so a new version
# runs the actions again.
_TOOLS = ["grpc_cpp_plugin", "protoc"]

# gRPC's link line names OpenSSL, which only gRPC itself uses. Left out, so that
# OpenSSL is loaded as a dependency of libgrpc and never linked by our code: a
# call that BoringSSL does not have fails to link, it is not taken from OpenSSL.
_NEVER_LINKED = ["-lssl", "-lcrypto"]

def _run(rctx, args):
    result = rctx.execute(args)
    if result.return_code != 0:
        fail("{} failed; ./bazelw installs what is missing.\n{}".format(
            " ".join([str(a) for a in args]),
            result.stderr,
        ))
    return [word for word in result.stdout.replace("\n", " ").split(" ") if word]

def _unique(words):
    return {word: None for word in words}.keys()

def _library(rctx, pkg_config, all_modules, name, spec):
    modules = []
    for pc in getattr(spec, "pc", []):
        if pc.endswith("*"):
            modules += [m for m in all_modules if m.startswith(pc[:-1])]
        else:
            modules.append(pc)
    defines = []
    libs = []
    if modules:
        defines = [
            flag[2:]
            for flag in _run(rctx, [pkg_config, "--cflags-only-other"] + modules)
            if flag.startswith("-D")
        ]

        # Grouping flags (-Wl,--push-state and the like) are dropped: the whole
        # line is put in one group below.
        libs = [
            flag
            for flag in _run(rctx, [pkg_config, "--libs"] + modules)
            if flag.startswith("-l") and flag not in _NEVER_LINKED
        ]
    libs = _unique(libs + ["-l" + lib for lib in getattr(spec, "libs", [])])
    if libs:
        mode = "--no-as-needed" if getattr(spec, "whole", False) else "--as-needed"
        libs = ["-Wl,--push-state," + mode] + libs + ["-Wl,--pop-state"]

        # One string: Bazel may drop a repeated --pop-state, but not a part of
        # one word.
        libs = [" ".join(libs)]
    return """cc_library(
    name = {name},
    defines = {defines},
    linkopts = {linkopts},
    deps = {deps},
)
""".format(
        name = repr(name),
        defines = repr(_unique(defines)),
        linkopts = repr(libs),
        deps = repr([":" + dep for dep in getattr(spec, "deps", [])]),
    )

def _system_libraries_impl(rctx):
    pkg_config = rctx.which("pkg-config")
    if not pkg_config:
        fail("pkg-config is missing; ./bazelw installs it.")
    all_modules = sorted([
        line.split(" ")[0]
        for line in rctx.execute([pkg_config, "--list-all"]).stdout.splitlines()
    ])
    build = ["package(default_visibility = [\"//visibility:public\"])\n"]
    for name, spec in _LIBRARIES.items():
        build.append(_library(rctx, pkg_config, all_modules, name, spec))
    for tool in _TOOLS:
        path = rctx.which(tool)
        if not path:
            fail("{} is missing; ./bazelw installs it.".format(tool))
        rctx.symlink(path, tool)
    build.append("exports_files({})\n".format(repr(_TOOLS)))
    rctx.file("BUILD", "\n".join(build))

system_libraries = repository_rule(
    implementation = _system_libraries_impl,
    configure = True,
    doc = "Declares a repository with a cc_library for each library above.",
    environ = ["PATH", "PKG_CONFIG_PATH"],
    local = True,
)
