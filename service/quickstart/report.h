// What the quickstart found, as tables for people.
#ifndef ASSAY_SERVICE_QUICKSTART_REPORT_H_
#define ASSAY_SERVICE_QUICKSTART_REPORT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/base/reason.h"
#include "core/jose/algorithm.h"
#include "service/quickstart/damage.h"
#include "service/quickstart/specimen.h"

namespace assay::quickstart {

// How long something took: on the wall, and of the server's processors.
struct Cost {
  absl::Duration wall;
  absl::Duration server_cpu;
};

// A token that did not get the verdict it must get.
struct Mismatch {
  jose::Algorithm algorithm;
  size_t index;  // Among the algorithm's tokens, from 0.
  Damage damage;
  Verdict verdict;  // What it got.
};

// One algorithm's line.
struct Row {
  jose::Algorithm algorithm = jose::Algorithm::kUnspecified;
  size_t num_tokens = 0;
  size_t num_by_verdict[kNumVerdicts] = {};
  size_t num_by_damage[kNumDamages] = {};
  Cost sign;
  Cost verify;
};

// The line of one pair of algorithms of encryption.
struct SealedRow {
  std::string name;
  size_t num_tokens = 0;
  size_t num_damaged = 0;
  // Damaged ones that were decrypted, whole ones that were not.
  size_t num_wrong = 0;
  Cost encrypt;
  Cost decrypt;
};

struct Report {
  std::vector<Row> rows;
  std::vector<Mismatch> mismatches;
  std::vector<SealedRow> sealed_rows;

  // Counts a tray whose specimens have their verdicts.
  void Add(const Tray& tray, const Cost& sign, const Cost& verify);
};

// The tables: speed, verdicts, damages, encryption, and the verdict on it all.
// `elapsed` is what the whole run took. No line is longer than 100 columns.
std::string ReportText(const Report& report, absl::Duration elapsed);
// 0 if every token got its verdict or its plaintext, else 1.
int ExitCodeOf(const Report& report);

// "12,345".
std::string Grouped(uint64_t number);

}  // namespace assay::quickstart

#endif  // ASSAY_SERVICE_QUICKSTART_REPORT_H_
