#include "service/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <initializer_list>

namespace assay::service {
namespace {

// Whether the caller of the program left the stream open. A library may have
// taken its place before main (gRPC leaves an eventfd): no inherited descriptor
// is close-on-exec, so what is, is none of ours.
bool IsOpen(int fd) {
  const int flags = fcntl(fd, F_GETFD);
  return flags != -1 && (flags & FD_CLOEXEC) == 0;
}

}  // namespace

void HoldStandardStreams() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (IsOpen(fd)) continue;
    const int null =
        open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    if (null == fd || null < 0) continue;
    dup2(null, fd);
    close(null);
  }
}

}  // namespace assay::service
