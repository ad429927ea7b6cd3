#include "bench/service_servers.h"

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "bench/bench_key_sets.h"
#include "core/jose/jwk.h"
#include "service/process/program_path.h"

namespace assay::bench {
namespace {

void OrExit(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "service benchmark: %s\n", status.ToString().c_str());
  std::exit(2);
}

template <typename T>
T OrExit(absl::StatusOr<T> value) {
  OrExit(value.status());
  return *std::move(value);
}

std::string WriteKeySet(jose::Algorithm algorithm,
                        process::PrivateFolder* folder) {
  const std::string name(jose::AlgorithmName(algorithm));
  const std::string file = absl::StrCat(name, ".jwk");
  OrExit(folder->Write(file, jose::WritePrivateJwk(BenchKey(algorithm))));
  return absl::StrCat("key_sets { name: \"", name, "\" paths: \"",
                      folder->PathOf(file), "\" use: KEY_SET_USE_SIGN }\n");
}

std::unique_ptr<process::ServerProcess> StartServer(
    const std::string& argv0, const std::string& program,
    std::vector<std::string> args) {
  process::ServerProcess::Options options;
  options.program = OrExit(process::FindProgram(argv0, program));
  options.args = std::move(args);
  options.num_listeners = 2;
  return OrExit(process::ServerProcess::Start(options));
}

}  // namespace

ServiceServers StartServiceServers(
    const std::string& argv0, absl::Span<const jose::Algorithm> algorithms) {
  ServiceServers servers;
  servers.folder = OrExit(process::PrivateFolder::Create());
  const std::string tcp = "127.0.0.1:0";
  const std::string assayd_socket =
      absl::StrCat("unix:", servers.folder->PathOf("assayd.sock"));
  std::string config =
      absl::StrCat("listeners { address: \"", tcp, "\" }\n",
                   "listeners { address: \"", assayd_socket, "\" }\n");
  for (jose::Algorithm algorithm : algorithms) {
    absl::StrAppend(&config, WriteKeySet(algorithm, servers.folder.get()));
  }
  OrExit(servers.folder->Write("assayd.textproto", config));
  servers.assayd = StartServer(
      argv0, "service/assayd",
      {absl::StrCat("--config=", servers.folder->PathOf("assayd.textproto"))});
  servers.floor = StartServer(
      argv0, "bench/service_floor",
      {tcp, absl::StrCat("unix:", servers.folder->PathOf("floor.sock"))});
  return servers;
}

const std::string& AddressOf(const process::ServerProcess& server,
                             Transport transport) {
  return server.addresses()[transport == Transport::kTcp ? 0 : 1];
}

}  // namespace assay::bench
