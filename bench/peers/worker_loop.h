// What Assay's workers share: a warm process that takes orders as worker.mjs
// does, one JSON object per line in, one out.
#ifndef ASSAY_BENCH_PEERS_WORKER_LOOP_H_
#define ASSAY_BENCH_PEERS_WORKER_LOOP_H_

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace assay::bench {

inline std::vector<std::string> ReadLines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

inline std::string WorkerAnswer(uint64_t num_tokens, absl::Duration taken) {
  return absl::StrFormat("{\"tokens\":%d,\"seconds\":%.9f}", num_tokens,
                         absl::ToDoubleSeconds(taken));
}

// The whole program. `Worker` is made of the folder that the only argument
// names, and has absl::StatusOr<std::string> Answer(absl::string_view line);
// its first error ends the program.
template <typename Worker>
int RunWorker(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: worker DIR\n", stderr);
    return 2;
  }
  Worker worker(argv[1]);
  std::puts("{\"name\":\"Assay's engine\"}");
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    const absl::StatusOr<std::string> answer = worker.Answer(line);
    if (!answer.ok()) {
      std::fprintf(stderr, "%s: %s\n", argv[0],
                   answer.status().ToString().c_str());
      return 1;
    }
    std::puts(answer->c_str());
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace assay::bench

#endif  // ASSAY_BENCH_PEERS_WORKER_LOOP_H_
