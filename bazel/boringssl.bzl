"""@boringssl: BoringSSL from the source archive that Debian distributes.

Not Debian's compiled library: that one is built with OPENSSL_SMALL (P-256 three
times slower) and exports symbols that collide with OpenSSL's, which gRPC uses.
"""

_PACKAGE = "android-platform-external-boringssl"
_VERSION = "13.0.0+r24-2"
_ARCHIVE = "boringssl.tar.xz"
_SHA256 = "583b7aeee1fca68b8244d086cea6fca23bd19d517bd63f0b9de714e048f92a7d"
_PREFIX = "android-platform-external-boringssl-13.0.0+r24"

def _debian_boringssl_impl(rctx):
    fetched = rctx.path(_ARCHIVE)

    # Bazel's repository cache is keyed by checksum: when it holds the archive,
    # the file named here is not read, and nothing is fetched.
    url = "file://" + str(fetched)
    cached = rctx.download(
        url,
        output = "cached.tar.xz",
        sha256 = _SHA256,
        allow_fail = True,
    )
    if not cached.success:
        rctx.report_progress("apt-get source " + _PACKAGE)
        result = rctx.execute([
            rctx.path(Label("//bazel:fetch_debian_source.sh")),
            _PACKAGE,
            _VERSION,
            fetched,
        ])
        if result.return_code != 0:
            fail("cannot fetch the source of {} {}:\n{}{}".format(
                _PACKAGE,
                _VERSION,
                result.stdout,
                result.stderr,
            ))

        # This is what checks the checksum.
        rctx.download(url, output = "cached.tar.xz", sha256 = _SHA256)
        rctx.delete(fetched)
    rctx.extract("cached.tar.xz", stripPrefix = _PREFIX)
    rctx.delete("cached.tar.xz")
    rctx.delete("BUILD")
    rctx.symlink(Label("//bazel/third_party:boringssl.BUILD"), "BUILD.bazel")

debian_boringssl = repository_rule(
    implementation = _debian_boringssl_impl,
    doc = "Fetches, checks and unpacks BoringSSL, with a BUILD file of ours.",
)
