#include "service/quickstart/report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace assay::quickstart {
namespace {

// More mismatches than these teach nothing new.
constexpr size_t kMaxMismatchesShown = 20;

// A column of the verdict table. Two lines of heading keep it narrow.
struct VerdictColumn {
  Verdict verdict;
  const char* heading[2];
};

constexpr VerdictColumn kVerdictColumns[] = {
    {Verdict::kMalformed, {"mal-", "formed"}},
    {Verdict::kUnsupported, {"unsup-", "ported"}},
    {Verdict::kAlgorithmNotAllowed, {"alg not", "allowed"}},
    {Verdict::kUnknownKey, {"unknown", "key"}},
    {Verdict::kInvalidSignature, {"invalid", "signat."}},
    {Verdict::kExpired, {"", "expired"}},
    {Verdict::kNotYetValid, {"not yet", "valid"}},
    {Verdict::kWrongIssuer, {"wrong", "issuer"}},
    {Verdict::kWrongAudience, {"wrong", "audience"}},
    {Verdict::kWrongType, {"wrong", "type"}},
    {Verdict::kMissingClaim, {"missing", "claim"}},
    {Verdict::kInvalidClaim, {"invalid", "claim"}},
};

int WidthOf(const VerdictColumn& column) {
  return static_cast<int>(
      std::max(absl::string_view(column.heading[0]).size(),
               absl::string_view(column.heading[1]).size()));
}

size_t ValidOf(const Row& row) {
  return row.num_by_verdict[static_cast<size_t>(Verdict::kValid)];
}

std::string PerSecond(size_t num, absl::Duration wall) {
  const double seconds = absl::ToDoubleSeconds(wall);
  return Grouped(seconds > 0 ? static_cast<uint64_t>(num / seconds) : 0);
}

std::string NanosEach(size_t num, absl::Duration cpu) {
  return Grouped(
      num == 0 ? 0
               : static_cast<uint64_t>(absl::ToDoubleNanoseconds(cpu) / num));
}

size_t NumTokens(const Report& report) {
  size_t num = 0;
  for (const Row& row : report.rows) num += row.num_tokens;
  return num;
}

std::string Opening(const Report& report, absl::Duration elapsed) {
  size_t num_damaged = NumTokens(report);
  for (const Row& row : report.rows) {
    num_damaged -= row.num_by_damage[static_cast<size_t>(Damage::kNone)];
  }
  return absl::StrFormat(
      "assayd signed %s tokens with fresh keys for %d algorithms; %s were then "
      "damaged,\nin %d ways; all were verified over a stream. %.1f s in all.\n",
      Grouped(NumTokens(report)), report.rows.size(), Grouped(num_damaged),
      kNumDamages - 1, absl::ToDoubleSeconds(elapsed));
}

std::string SpeedLine(absl::string_view name, const Row& row) {
  const size_t valid = ValidOf(row);
  return absl::StrFormat("%-10s%9s%9s%10s%14s%10s%14s%12s\n", name,
                         Grouped(row.num_tokens), Grouped(valid),
                         Grouped(row.num_tokens - valid),
                         PerSecond(row.num_tokens, row.sign.wall),
                         PerSecond(row.num_tokens, row.verify.wall),
                         NanosEach(row.num_tokens, row.sign.server_cpu),
                         NanosEach(row.num_tokens, row.verify.server_cpu));
}

std::string SpeedTable(const Report& report) {
  std::string text = absl::StrFormat(
      "%-38s%14s%10s%26s\n%-10s%9s%9s%10s%14s%10s%14s%12s\n", "", "signed",
      "verified", "server CPU, ns per token", "algorithm", "tokens", "valid",
      "rejected", "tokens/s", "tokens/s", "to sign", "to verify");
  for (const Row& row : report.rows) {
    absl::StrAppend(&text, SpeedLine(jose::AlgorithmName(row.algorithm), row));
  }
  return text;
}

std::string VerdictTable(const Report& report) {
  std::string text;
  for (int line = 0; line < 2; ++line) {
    absl::StrAppendFormat(&text, "%-8s", line == 0 ? "rejected" : "as");
    for (const VerdictColumn& column : kVerdictColumns) {
      absl::StrAppendFormat(&text, " %*s", WidthOf(column),
                            column.heading[line]);
    }
    text.push_back('\n');
  }
  for (const Row& row : report.rows) {
    absl::StrAppendFormat(&text, "%-8s", jose::AlgorithmName(row.algorithm));
    for (const VerdictColumn& column : kVerdictColumns) {
      const size_t num =
          row.num_by_verdict[static_cast<size_t>(column.verdict)];
      absl::StrAppendFormat(&text, " %*s", WidthOf(column), Grouped(num));
    }
    text.push_back('\n');
  }
  return text;
}

std::string DamageTable(const Report& report) {
  std::string text = absl::StrFormat("%-46s%-24s%7s\n", "damage",
                                     "expected verdict", "tokens");
  for (const DamageInfo& info : AllDamages()) {
    if (info.damage == Damage::kNone) continue;
    size_t num = 0;
    for (const Row& row : report.rows) {
      num += row.num_by_damage[static_cast<size_t>(info.damage)];
    }
    absl::StrAppendFormat(&text, "%-46s%-24s%7s\n", info.text,
                          VerdictName(info.expected), Grouped(num));
  }
  return text;
}

std::string SealedLine(const SealedRow& row) {
  return absl::StrFormat(
      "%-34s%7s%11s%9s%10s%10s%9s%10s\n", row.name, Grouped(row.num_tokens),
      Grouped(row.num_tokens - row.num_damaged), Grouped(row.num_damaged),
      PerSecond(row.num_tokens, row.encrypt.wall),
      PerSecond(row.num_tokens, row.decrypt.wall),
      NanosEach(row.num_tokens, row.encrypt.server_cpu),
      NanosEach(row.num_tokens, row.decrypt.server_cpu));
}

std::string SealedTable(const Report& report) {
  std::string text = absl::StrFormat(
      "%-34s%7s%11s%9s%20s%19s\n%-34s%7s%11s%9s%10s%10s%9s%10s\n", "", "", "",
      "", "tokens/s", "server CPU, ns", "encryption", "tokens", "to decrypt",
      "damaged", "encrypted", "decrypted", "encrypt", "decrypt");
  for (const SealedRow& row : report.sealed_rows) {
    absl::StrAppend(&text, SealedLine(row));
  }
  return text;
}

size_t NumWronglyDecrypted(const Report& report) {
  size_t num = 0;
  for (const SealedRow& row : report.sealed_rows) num += row.num_wrong;
  return num;
}

std::string SealedConclusion(const Report& report) {
  size_t num_tokens = 0;
  for (const SealedRow& row : report.sealed_rows) num_tokens += row.num_tokens;
  const size_t num_wrong = NumWronglyDecrypted(report);
  if (num_wrong > 0) {
    return absl::StrCat("WRONG: ", Grouped(num_wrong), " of ",
                        Grouped(num_tokens), " encrypted tokens.\n");
  }
  return absl::StrCat("Every one of the ", Grouped(num_tokens),
                      " encrypted tokens was decrypted to what it was made of, "
                      "or refused.\n");
}

std::string MismatchLine(const Mismatch& mismatch) {
  return absl::StrFormat("%s token %d (damage: %s): expected %s, got %s\n",
                         jose::AlgorithmName(mismatch.algorithm),
                         mismatch.index, InfoOf(mismatch.damage).text,
                         VerdictName(InfoOf(mismatch.damage).expected),
                         VerdictName(mismatch.verdict));
}

std::string Conclusion(const Report& report) {
  const size_t num_tokens = NumTokens(report);
  if (report.mismatches.empty()) {
    return absl::StrCat("Every one of the ", Grouped(num_tokens),
                        " verdicts is the expected one.\n");
  }
  std::string text =
      absl::StrCat("WRONG: ", Grouped(report.mismatches.size()), " of ",
                   Grouped(num_tokens), " verdicts are not as expected.\n");
  const size_t num_shown =
      std::min(kMaxMismatchesShown, report.mismatches.size());
  for (size_t i = 0; i < num_shown; ++i) {
    absl::StrAppend(&text, MismatchLine(report.mismatches[i]));
  }
  if (num_shown < report.mismatches.size()) {
    absl::StrAppend(&text, "and ",
                    Grouped(report.mismatches.size() - num_shown), " more\n");
  }
  return text;
}

}  // namespace

void Report::Add(const Tray& tray, const Cost& sign, const Cost& verify) {
  Row row;
  row.algorithm = tray.algorithm;
  row.num_tokens = tray.specimens.size();
  row.sign = sign;
  row.verify = verify;
  for (size_t i = 0; i < tray.specimens.size(); ++i) {
    const Specimen& specimen = tray.specimens[i];
    ++row.num_by_verdict[static_cast<size_t>(specimen.verdict)];
    ++row.num_by_damage[static_cast<size_t>(specimen.damage)];
    if (specimen.verdict != InfoOf(specimen.damage).expected) {
      mismatches.push_back(
          {tray.algorithm, i, specimen.damage, specimen.verdict});
    }
  }
  rows.push_back(row);
}

std::string ReportText(const Report& report, absl::Duration elapsed) {
  return absl::StrCat(Opening(report, elapsed), "\n", SpeedTable(report), "\n",
                      VerdictTable(report), "\n", DamageTable(report), "\n",
                      SealedTable(report), "\n", Conclusion(report),
                      SealedConclusion(report));
}

int ExitCodeOf(const Report& report) {
  return report.mismatches.empty() && NumWronglyDecrypted(report) == 0 ? 0 : 1;
}

std::string Grouped(uint64_t number) {
  std::string digits = absl::StrCat(number);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

}  // namespace assay::quickstart
