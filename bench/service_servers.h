// The server processes that bench/service.cc measures: assayd, and the floor
// under it, each on TCP and on a Unix socket.
#ifndef ASSAY_BENCH_SERVICE_SERVERS_H_
#define ASSAY_BENCH_SERVICE_SERVERS_H_

#include <memory>
#include <string>

#include "absl/types/span.h"
#include "core/jose/algorithm.h"
#include "service/process/private_folder.h"
#include "service/process/server_process.h"

namespace assay::bench {

enum class Transport { kTcp, kUnix };

struct ServiceServers {
  std::unique_ptr<process::PrivateFolder> folder;  // Keys and sockets.
  std::unique_ptr<process::ServerProcess> assayd;
  std::unique_ptr<process::ServerProcess> floor;
};

// Starts both. assayd has BenchKeyCache's key sets for `algorithms`. Exits with
// a message on failure. `argv0` is the caller's own.
ServiceServers StartServiceServers(
    const std::string& argv0, absl::Span<const jose::Algorithm> algorithms);

// Where `server`, one of the two, listens.
const std::string& AddressOf(const process::ServerProcess& server,
                             Transport transport);

}  // namespace assay::bench

#endif  // ASSAY_BENCH_SERVICE_SERVERS_H_
