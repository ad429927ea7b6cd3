#include "service/admin/admin_endpoint.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace assay::service {
namespace {

// A scraper and a few people. More wait in the system's queue.
constexpr unsigned kMaxConnections = 16;
constexpr unsigned kIdleTimeoutS = 10;
// Of each connection, for the request's head and the answer's.
constexpr size_t kConnectionBytes = 16 * 1024;
constexpr int kBacklog = 16;

constexpr char kPlainText[] = "text/plain; charset=utf-8";

// An IPv4 or IPv6 address as the system wants it.
struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t len = sizeof(storage);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress MakeSocketAddress(const ListenAddress& address) {
  SocketAddress made;
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&made.storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&made.storage);
  const uint16_t port = htons(static_cast<uint16_t>(address.port));
  if (inet_pton(AF_INET, address.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = port;
    made.len = sizeof(*v4);
  } else if (inet_pton(AF_INET6, address.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = port;
    made.len = sizeof(*v6);
  }
  return made;
}

int PortOf(const SocketAddress& address) {
  const auto* const v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
  const auto* const v6 =
      reinterpret_cast<const sockaddr_in6*>(&address.storage);
  return ntohs(address.storage.ss_family == AF_INET6 ? v6->sin6_port
                                                     : v4->sin_port);
}

// A socket that listens, and its port. On failure errno says why.
int OpenSocket(const ListenAddress& address, int* port) {
  SocketAddress wanted = MakeSocketAddress(address);
  const int fd = socket(wanted.storage.ss_family,
                        SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  // A restart need not wait for connections of before to be forgotten; two
  // that listen at once still cannot share the port.
  const int yes = 1;
  SocketAddress bound;
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
      bind(fd, wanted.get(), wanted.len) != 0 || listen(fd, kBacklog) != 0 ||
      getsockname(fd, bound.get(), &bound.len) != 0) {
    const int error = errno;
    close(fd);
    errno = error;
    return -1;
  }
  *port = PortOf(bound);
  return fd;
}

}  // namespace

class AdminEndpoint::Impl {
 public:
  explicit Impl(std::vector<AdminPage> pages) : pages_(std::move(pages)) {}
  ~Impl() {
    // Ends the thread, and closes the socket.
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
  }

  absl::Status Start(const ListenAddress& address) {
    int port = 0;
    const int fd = OpenSocket(address, &port);
    if (fd < 0) return CannotServe(address, std::strerror(errno));
    daemon_ = MHD_start_daemon(
        MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_ITC, 0, nullptr, nullptr,
        &Impl::Handle, this, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, kMaxConnections,
        MHD_OPTION_CONNECTION_TIMEOUT, kIdleTimeoutS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionBytes, MHD_OPTION_END);
    if (daemon_ == nullptr) {
      close(fd);
      return CannotServe(address, "libmicrohttpd does not start");
    }
    address_ = address.ToString(port);
    return absl::OkStatus();
  }

  const std::string& address() const { return address_; }

 private:
  static absl::Status CannotServe(const ListenAddress& address,
                                  absl::string_view why) {
    return absl::UnavailableError(
        absl::StrCat("cannot serve the admin pages on ",
                     address.ToString(address.port), ": ", why));
  }

  // Called when a request's head is there. An answer that is given then makes
  // libmicrohttpd drop the body, if any, with the connection.
  static MHD_Result Handle(void* self, MHD_Connection* connection,
                           const char* path, const char* method,
                           const char* /*version*/, const char* /*body*/,
                           size_t* /*body_len*/, void** /*request*/) {
    return static_cast<const Impl*>(self)->Answer(connection, path, method);
  }

  MHD_Result Answer(MHD_Connection* connection, absl::string_view path,
                    absl::string_view method) const {
    const AdminPage* const page = Find(path);
    if (page == nullptr) {
      return Send(connection, MHD_HTTP_NOT_FOUND, kPlainText, PathList());
    }
    if (method != "GET" && method != "HEAD") {
      return Send(connection, MHD_HTTP_METHOD_NOT_ALLOWED, kPlainText,
                  "This page is read by GET.\n");
    }
    return Send(connection, MHD_HTTP_OK, page->content_type, page->render());
  }

  const AdminPage* Find(absl::string_view path) const {
    for (const AdminPage& page : pages_) {
      if (page.path == path) return &page;
    }
    return nullptr;
  }

  std::string PathList() const {
    std::string text = "There is no such page. There is:\n";
    for (const AdminPage& page : pages_) {
      absl::StrAppend(&text, page.path, "\n");
    }
    return text;
  }

  static MHD_Result Send(MHD_Connection* connection, unsigned status,
                         const std::string& content_type,
                         const std::string& body) {
    MHD_Response* const response = MHD_create_response_from_buffer(
        body.size(), const_cast<char*>(body.data()), MHD_RESPMEM_MUST_COPY);
    if (response == nullptr) return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                            content_type.c_str());
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
                            "no-store");
    // A page holds names that others chose: nothing in it may run.
    MHD_add_response_header(response, "Content-Security-Policy",
                            "default-src 'none'; style-src 'unsafe-inline'");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED) {
      MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    }
    const MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
  }

  const std::vector<AdminPage> pages_;
  std::string address_;
  MHD_Daemon* daemon_ = nullptr;
};

AdminEndpoint::AdminEndpoint(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

AdminEndpoint::~AdminEndpoint() = default;

absl::StatusOr<std::unique_ptr<AdminEndpoint>> AdminEndpoint::Start(
    const ListenAddress& address, std::vector<AdminPage> pages) {
  auto impl = std::make_unique<Impl>(std::move(pages));
  const absl::Status status = impl->Start(address);
  if (!status.ok()) return status;
  return std::unique_ptr<AdminEndpoint>(new AdminEndpoint(std::move(impl)));
}

const std::string& AdminEndpoint::address() const { return impl_->address(); }

}  // namespace assay::service
