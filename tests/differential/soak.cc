// Kernels against BoringSSL for as long as you like:
//
//   ./bazelw run //tests/differential:soak -- --minutes 10 [--seed N] [--only
//   ES]
//
// Takes the algorithms in turn, prints a report, and exits 1 after a mismatch.
#include <cstdio>
#include <cstdlib>
#include <iostream>
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
constexpr size_t kTurnsPerKeys = 4;

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

int Main(int argc, char** argv) {
  CLI::App app(
      "Random signatures through the batch kernels and through BoringSSL.",
      "soak");
  double minutes = 1;
  uint64_t seed = std::random_device()();
  std::string only;
  app.add_option("--minutes", minutes, "How long; default 1")
      ->check(CLI::Range(0.0, 100000.0));
  app.add_option("--seed", seed, "Seed; default: random, and printed");
  app.add_option("--only", only, "Algorithms whose name begins like this");
  CLI11_PARSE(app, argc, argv);

  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  auto subjects = AllSubjects(seed);
  subjects.erase(std::remove_if(subjects.begin(), subjects.end(),
                                [&](const std::unique_ptr<Subject>& subject) {
                                  return !absl::StartsWith(subject->name(),
                                                           only);
                                }),
                 subjects.end());
  if (subjects.empty()) {
    std::cerr << "no algorithm with a kernel begins with \"" << only << "\"\n";
    return 2;
  }
  std::vector<Tally> tallies(subjects.size());
  std::string first_mismatch;
  const absl::Time end = absl::Now() + absl::Minutes(minutes);
  absl::Time next_report = absl::Now() + absl::Minutes(1);
  for (size_t turn = 0; absl::Now() < end && first_mismatch.empty(); ++turn) {
    for (size_t i = 0; i < subjects.size() && absl::Now() < end; ++i) {
      if (turn % kTurnsPerKeys == 0) subjects[i]->NewKeys();
      const absl::Time turn_end = absl::Now() + kTurn;
      while (absl::Now() < turn_end && first_mismatch.empty()) {
        subjects[i]->Round(kSignaturesPerRound, &tallies[i], &first_mismatch);
      }
    }
    if (absl::Now() >= next_report) {
      Report(subjects, tallies);
      next_report = absl::Now() + absl::Minutes(1);
    }
  }
  Report(subjects, tallies);
  if (first_mismatch.empty()) return 0;
  std::cerr << first_mismatch << "\n";
  return 1;
}

}  // namespace
}  // namespace assay::soak

int main(int argc, char** argv) { return assay::soak::Main(argc, argv); }
