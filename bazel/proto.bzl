"""C++ code from .proto files, by the system's protoc and its gRPC plugin."""

# The directory that imports are relative to: import "assay/v1/types.proto"
# names proto/assay/v1/types.proto.
_ROOT = "proto"

def cc_proto_grpc_library(name, srcs, deps = [], grpc = False, with_mock = False, **kwargs):
    """A cc_library with the messages, and the services, of some .proto files.

    #include "assay/v1/types.pb.h", and with grpc "assay/v1/types.grpc.pb.h".

    Args:
      name: of the cc_library. The .proto files are `<name>_protos`, with those
        of deps, for other tools.
      srcs: .proto files of this package, which lies at or under proto/.
      deps: other cc_proto_grpc_library targets, whose files srcs import.
      grpc: whether to generate services as well.
      with_mock: whether to generate mocks of the stubs (*_mock.grpc.pb.h).
      **kwargs: passed to the cc_library.
    """
    package = native.package_name()
    if package != _ROOT and not package.startswith(_ROOT + "/"):
        fail("cc_proto_grpc_library is for packages under //" + _ROOT)
    if with_mock and not grpc:
        fail("with_mock needs grpc")

    native.filegroup(
        name = name + "_protos",
        srcs = srcs + [_protos(dep) for dep in deps],
        visibility = kwargs.get("visibility"),
    )

    stems = [src[:-len(".proto")].lstrip(":") for src in srcs]
    headers = [stem + ".pb.h" for stem in stems]
    sources = [stem + ".pb.cc" for stem in stems]
    tools = ["@system//:protoc"]
    flags = ["--cpp_out=$(GENDIR)/" + _ROOT]
    if grpc:
        headers += [stem + ".grpc.pb.h" for stem in stems]
        sources += [stem + ".grpc.pb.cc" for stem in stems]
        tools.append("@system//:grpc_cpp_plugin")
        flags += [
            "--plugin=protoc-gen-grpc=$(execpath @system//:grpc_cpp_plugin)",
            "--grpc_out={}$(GENDIR)/{}".format(
                "generate_mock_code=true:" if with_mock else "",
                _ROOT,
            ),
        ]
    if with_mock:
        headers += [stem + "_mock.grpc.pb.h" for stem in stems]

    native.genrule(
        name = name + "_generate",
        srcs = [":" + name + "_protos"],
        outs = headers + sources,
        cmd = " ".join(
            ["$(execpath @system//:protoc)", "-I" + _ROOT, "-I/usr/include"] +
            flags +
            ["/".join([package, stem + ".proto"]) for stem in stems],
        ),
        exec_tools = tools,
        visibility = ["//visibility:private"],
    )

    native.cc_library(
        name = name,
        srcs = sources,
        hdrs = headers,
        # The way back up from this package to proto/.
        includes = ["/".join([".."] * package.count("/")) or "."],
        deps = deps + ["@system//:grpcpp" if grpc else "@system//:protobuf"],
        **kwargs
    )

def _protos(label):
    """The label of the .proto files of a cc_proto_grpc_library."""
    if ":" in label or not label.startswith("//"):
        return label + "_protos"
    return label + ":" + label.split("/")[-1] + "_protos"
