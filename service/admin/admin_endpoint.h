// Serves a few read-only pages over HTTP/1.1, for Prometheus and for people.
//
// GET and HEAD of a page's exact path; 404 for other paths, 405 for other
// methods. Nothing that a client sends is read beyond a bounded head. One
// thread of its own waits for all clients at once, so that a slow one holds up
// nobody, and renders pages one at a time; connections and their memory are
// bounded and idle ones are closed.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_SERVICE_ADMIN_ADMIN_ENDPOINT_H_
#define ASSAY_SERVICE_ADMIN_ADMIN_ENDPOINT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "service/listener.h"

namespace assay::service {

struct AdminPage {
  std::string path;  // "/metrics"
  std::string content_type;
  // Called for every request, from the endpoint's thread.
  std::function<std::string()> render;
};

class AdminEndpoint {
 public:
  // Listens and answers when it returns. UNAVAILABLE, with the system's
  // reason, if the address cannot be had. `address` is of an IP address
  // (ParseAdminAddress).
  static absl::StatusOr<std::unique_ptr<AdminEndpoint>> Start(
      const ListenAddress& address, std::vector<AdminPage> pages);

  // Closes all connections. No page is rendered any more when it returns.
  ~AdminEndpoint();
  AdminEndpoint(const AdminEndpoint&) = delete;
  AdminEndpoint& operator=(const AdminEndpoint&) = delete;

  // Where it listens, with the real port: "127.0.0.1:9464".
  const std::string& address() const;

 private:
  class Impl;
  explicit AdminEndpoint(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_ADMIN_ADMIN_ENDPOINT_H_
