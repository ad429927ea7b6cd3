// The real assayd, as a child process.
#ifndef ASSAY_TESTS_INTEGRATION_ASSAYD_PROCESS_H_
#define ASSAY_TESTS_INTEGRATION_ASSAYD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/optional.h"

namespace assay::testing {

// Thread safety: all methods may be called concurrently, but for AwaitExit.
class AssaydProcess {
 public:
  // Starts //service:assayd, which is in the test's data.
  explicit AssaydProcess(const std::vector<std::string>& args);
  // Kills it if it still runs.
  ~AssaydProcess();
  AssaydProcess(const AssaydProcess&) = delete;
  AssaydProcess& operator=(const AssaydProcess&) = delete;

  // The address of its first listener; fails the test and returns "" if it
  // ends without one.
  std::string AwaitAddress();
  // Waits until standard error holds `text`; false if the process ends without.
  bool AwaitStderr(absl::string_view text);
  std::string Stderr() const;
  void Signal(int signal) const;
  // The exit code, or minus the signal that ended it.
  int AwaitExit();

 private:
  void ReadStderr(int fd);

  pid_t pid_ = -1;
  absl::optional<int> exit_code_;
  std::thread reader_;
  mutable absl::Mutex mutex_;
  std::string stderr_ ABSL_GUARDED_BY(mutex_);
  bool stderr_closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace assay::testing

#endif  // ASSAY_TESTS_INTEGRATION_ASSAYD_PROCESS_H_
