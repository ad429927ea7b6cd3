// Kernels against BoringSSL for as long as you like:
//
//   ./bazelw run //tests/differential:soak -- --minutes 10
//       [--signatures 10000000] [--seed N] [--only ES]
//
// Takes the algorithms in turn, prints a report, and exits 1 after a mismatch.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <random>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/differential/kernel_soak.h"

namespace assay::soak {
namespace {

constexpr size_t kSignaturesPerRound = 500;
// Each algorithm gets as much time as the others, whatever BoringSSL takes.
constexpr absl::Duration kTurn = absl::Seconds(2);
// New keys, and so new tables and signatures, after so many turns: some kinds
// take seconds to make.
constexpr size_t kTurnsPerKeys = 12;
// What BoringSSL takes a millisecond for gets so many times fewer signatures.
constexpr uint64_t kFewerOfSlow = 10;

uint64_t SignaturesWanted(const Subject& subject, uint64_t signatures) {
  const bool is_slow = subject.name() == "ES384" || subject.name() == "ES512";
  return is_slow ? signatures / kFewerOfSlow : signatures;
}

void Report(const std::vector<std::unique_ptr<Subject>>& subjects,
            const std::vector<Tally>& tallies) {
  std::printf("%-12s %12s %12s %10s %10s\n", "algorithm", "good", "bad",
              "undecided", "mismatches");
  for (size_t i = 0; i < subjects.size(); ++i) {
    std::printf("%-12s %12llu %12llu %10llu %10llu\n",
                std::string(subjects[i]->name()).c_str(),
                static_cast<unsigned long long>(tallies[i].good),
                static_cast<unsigned long long>(tallies[i].bad),
                static_cast<unsigned long long>(tallies[i].undecided),
                static_cast<unsigned long long>(tallies[i].mismatches));
  }
  std::fflush(stdout);
}

struct Flags {
  double minutes = 1;
  uint64_t signatures = std::numeric_limits<uint64_t>::max();
  uint64_t seed = std::random_device()();
  std::string only;
};

// Returns a description of the first mismatch, empty if there was none.
std::string Soak(const std::vector<std::unique_ptr<Subject>>& subjects,
                 const Flags& flags) {
  std::vector<Tally> tallies(subjects.size());
  std::string mismatch;
  const absl::Time end = absl::Now() + absl::Minutes(flags.minutes);
  absl::Time next_report = absl::Now() + absl::Minutes(1);
  bool all_done = false;
  for (size_t turn = 0; !all_done && mismatch.empty(); ++turn) {
    all_done = true;
    for (size_t i = 0; i < subjects.size(); ++i) {
      const auto wants_more = [&] {
        return absl::Now() < end && mismatch.empty() &&
               tallies[i].total() <
                   SignaturesWanted(*subjects[i], flags.signatures);
      };
      if (!wants_more()) continue;
      all_done = false;
      if (turn % kTurnsPerKeys == 0) subjects[i]->NewKeys();
      const absl::Time turn_end = absl::Now() + kTurn;
      while (absl::Now() < turn_end && wants_more()) {
        subjects[i]->Round(kSignaturesPerRound, &tallies[i], &mismatch);
      }
    }
    if (absl::Now() >= next_report) {
      Report(subjects, tallies);
      next_report = absl::Now() + absl::Minutes(1);
    }
  }
  Report(subjects, tallies);
  return mismatch;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Random signatures through the batch kernels and through BoringSSL.",
      "soak");
  Flags flags;
  app.add_option("--minutes", flags.minutes, "How long; default 1")
      ->check(CLI::Range(0.0, 100000.0));
  app.add_option("--signatures", flags.signatures,
                 "Enough for an algorithm (of ES384 and ES512 a tenth); "
                 "default: no end");
  app.add_option("--seed", flags.seed, "Seed; default: random, and printed");
  app.add_option("--only", flags.only,
                 "Algorithms whose name begins like this");
  CLI11_PARSE(app, argc, argv);

  std::printf("seed %llu\n", static_cast<unsigned long long>(flags.seed));
  auto subjects = AllSubjects(flags.seed);
  subjects.erase(std::remove_if(subjects.begin(), subjects.end(),
                                [&](const std::unique_ptr<Subject>& subject) {
                                  return !absl::StartsWith(subject->name(),
                                                           flags.only);
                                }),
                 subjects.end());
  if (subjects.empty()) {
    std::cerr << "no algorithm with a kernel begins with \"" << flags.only
              << "\"\n";
    return 2;
  }
  const std::string mismatch = Soak(subjects, flags);
  if (mismatch.empty()) return 0;
  std::cerr << mismatch << "\n";
  return 1;
}

}  // namespace
}  // namespace assay::soak

int main(int argc, char** argv) { return assay::soak::Main(argc, argv); }
