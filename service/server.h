// The whole server in one object: keys, engine, services and listeners.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_SERVICE_SERVER_H_
#define ASSAY_SERVICE_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/clock.h"
#include "service/config.h"
#include "service/log.h"

namespace assay::service {

class Server {
 public:
  // Loads the keys, watches their files, and listens: when it returns the
  // server answers. Fails, with nothing left open, if a key set cannot be
  // loaded, a credential is bad or an address cannot be had; the message says
  // which. `log` and `clock` outlive the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const ServerConfig& config, Log* log, const Clock* clock);

  // Shuts down by force if Shutdown has not been called.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Where it listens, in the order of the config, with real port numbers; as
  // clients write it.
  const std::vector<std::string>& addresses() const;

  // Where the admin pages are; empty if they are not configured. They are
  // served until the server is destroyed, while it drains and after.
  const std::string& admin_address() const;

  // Asks for a reload of every key set. Does not wait.
  void ReloadKeys();

  // Health goes NOT_SERVING, new calls are refused, streams are told to
  // finish; waits for what is in flight, at most `drain_timeout`, then ends
  // the rest with UNAVAILABLE. True if nothing had to be ended so. Returns
  // when no call is left.
  bool Shutdown(absl::Duration drain_timeout);
  // Ends a Shutdown that waits, or lets the next one not wait.
  void ForceShutdown();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

// Reads the files of TLS and loads every key set of `config`, and drops them:
// for
// --check-config. The first failure is returned; those of key sets are all
// logged.
absl::Status CheckFiles(const ServerConfig& config, Log* log);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_SERVER_H_
