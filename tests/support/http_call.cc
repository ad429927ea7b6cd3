#include "tests/support/http_call.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace assay::testing {
namespace {

int Connect(const std::string& address) {
  const size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host.front() == '[') host = host.substr(1, host.size() - 2);
  addrinfo hints = {};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), address.substr(colon + 1).c_str(), &hints,
                  &found) != 0) {
    return -1;
  }
  int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
    close(fd);
    fd = -1;
  }
  freeaddrinfo(found);
  return fd;
}

}  // namespace

std::string HttpCall(const std::string& address, const std::string& request) {
  const int fd = Connect(address);
  EXPECT_GE(fd, 0) << "cannot connect to " << address;
  if (fd < 0) return "";
  for (size_t sent = 0; sent < request.size();) {
    const ssize_t len =
        send(fd, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (len <= 0) break;
    sent += static_cast<size_t>(len);
  }
  std::string answer;
  char buffer[4096];
  for (ssize_t len; (len = recv(fd, buffer, sizeof(buffer), 0)) > 0;) {
    answer.append(buffer, static_cast<size_t>(len));
  }
  close(fd);
  return answer;
}

std::string HttpGet(const std::string& address, const std::string& path) {
  return HttpCall(address,
                  absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: ", address,
                               "\r\nConnection: close\r\n\r\n"));
}

}  // namespace assay::testing
