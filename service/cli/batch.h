// A run of lines that is worked on as one: what the reader fills, a worker
// answers and the writer prints. Batches are used again and again, so that a
// stream of any length takes the memory of a few.
#ifndef ASSAY_SERVICE_CLI_BATCH_H_
#define ASSAY_SERVICE_CLI_BATCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace assay::cli {

// Enough to share out among threads and to make fixed costs vanish, few enough
// for a progress bar to move and for memory not to matter.
inline constexpr size_t kMaxBatchLines = 4096;
inline constexpr size_t kMaxBatchBytes = 1024 * 1024;

// How many lines had each outcome: a Verdict or an engine::SignOutcome.
using Tally = std::array<uint64_t, 32>;

struct Batch {
  // From the reader.
  uint64_t sequence = 0;     // Of the batch, from 0.
  uint64_t first_index = 0;  // Of its first line among all that are not blank.
  std::string source;        // The file's name, or "standard input".
  std::string text;          // What `lines` view.
  std::vector<absl::string_view> lines;  // Empty for one that is too long.
  std::vector<uint64_t> line_numbers;    // In the file, from 1.
  std::vector<bool> too_long;

  // From the worker.
  std::string output;  // For stdout.
  std::string errors;  // For stderr.
  Tally tally = {};

  // Empties everything but keeps the memory.
  void Clear() {
    source.clear();
    text.clear();
    lines.clear();
    line_numbers.clear();
    too_long.clear();
    output.clear();
    errors.clear();
    tally = {};
  }
};

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_BATCH_H_
