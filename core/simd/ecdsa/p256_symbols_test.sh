#!/bin/sh
# The objects of this instruction set define no weak symbol: the linker could
# choose such a one for code that must run on every processor.
set -eu
found=0
for archive in "$@"; do
  case "$archive" in *.a) ;; *) continue ;; esac
  found=1
  test -f "$archive"
  # The compiler's own reference to its personality routine is data.
  if nm -C "$archive" | grep -E ' [VWu] ' | grep -v 'DW\.ref\.'; then
    echo "weak symbols in $archive"
    exit 1
  fi
  nm -C "$archive" | grep -q ' T assay::simd::P256Avx512Kernel'
done
test "$found" = 1
