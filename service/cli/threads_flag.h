// --threads.
#ifndef ASSAY_SERVICE_CLI_THREADS_FLAG_H_
#define ASSAY_SERVICE_CLI_THREADS_FLAG_H_

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

namespace assay::cli {

inline void AddThreadsFlag(CLI::App* app, int* threads) {
  app->add_option("--threads", *threads,
                  "Threads to work with; default 0: as many as there are cores")
      ->check(CLI::Range(0, 1024))
      ->type_name("N");
}

// At least 1.
inline int NumThreads(int flag) {
  if (flag > 0) return flag;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_THREADS_FLAG_H_
