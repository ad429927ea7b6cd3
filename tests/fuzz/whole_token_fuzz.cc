// Tokens of every form, made well with known keys, and then damaged where
// damage has a meaning: parts exchanged between tokens, members doubled, moved
// or dropped, headers edited and signed all the same, other base64url, other
// JSON, layers put in the place of others. The choices are the fuzzer's bytes;
// or, if the first is kSeeded, pseudo-random ones that follow from all of them.
//
// What must hold: what is valid is what a holder of a key protected, with the
// bytes he protected, and none of what the specifications refuse whoever signed
// it; a token that nobody damaged is valid; the answer depends neither on the
// rest of the batch nor on who checks signatures.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/header_edit.h"
#include "tests/fuzz/token_judge.h"
#include "tests/fuzz/token_mint.h"
#include "tests/fuzz/token_tree.h"

namespace {

using assay::testing::Answer;
using assay::testing::Checker;
using assay::testing::Choices;
using assay::testing::Fate;
using assay::testing::Form;
using assay::testing::MintedToken;
using assay::testing::Style;

// Neighbours of a token in its batch: enough for a kernel to have work.
constexpr size_t kMaxNeighbours = 6;

constexpr uint8_t kSeeded = 0xff;
constexpr size_t kNumRandomBytes = 64;

// A token as it is judged.
struct Subject {
  Form form;
  absl::string_view key_set;
  std::string text;
  std::string content;
  Fate fate;
};

// Tells what is wrong, and with what, before it dies.
void Require(bool condition, const char* rule, const Subject& subject) {
  if (condition) return;
  std::fprintf(stderr, "not so: %s\nform %d, key set %s\n%s\n", rule,
               static_cast<int>(subject.form),
               std::string(subject.key_set).c_str(), subject.text.c_str());
  std::abort();
}

// The same for the same seed, on every machine.
std::vector<uint8_t> RandomBytes(absl::Span<const uint8_t> seed) {
  std::seed_seq sequence(seed.begin(), seed.end());
  std::mt19937 random(sequence);
  std::vector<uint8_t> bytes(kNumRandomBytes);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

class Fuzzer {
 public:
  Fuzzer() : judge_(mint_) {
    MakeOthers();
    mint_.Keep();
    for (const MintedToken& token : others_) {
      const Subject subject = {token.form, token.key_set, Render(token.tree),
                               token.content, Fate::kValid};
      Require(token.fate == Fate::kValid, "nobody edits these", subject);
      Check(subject);
    }
    if (!judge_.HasUsedKernels()) {
      std::fputs("a kernel has never been asked\n", stderr);
      std::abort();
    }
  }

  void Run(Choices choices) {
    const MintedToken token = mint_.Make(/*may_edit=*/true, &choices);
    Check(DamageToken(token, &choices));
    mint_.ForgetRest();
  }

 private:
  // Some of each form, which nobody edits.
  void MakeOthers() {
    for (uint8_t form = 0; form < assay::testing::kNumMintedForms; ++form) {
      for (uint8_t i = 0; i < 24; ++i) {
        std::vector<uint8_t> bytes = RandomBytes({form, i});
        bytes[0] = form;
        Choices choices(bytes);
        others_.push_back(mint_.Make(/*may_edit=*/false, &choices));
      }
    }
    for (const MintedToken& token : others_) {
      neighbours_.push_back(Render(token.tree));
    }
  }

  Subject DamageToken(const MintedToken& token, Choices* choices) const {
    Subject subject = {token.form, token.key_set, "", token.content,
                       token.fate};
    assay::testing::Node tree = token.tree;
    const bool is_damaged = choices->Below(2) == 1;
    for (size_t num = is_damaged ? 1 + choices->Below(3) : 0; num > 0; --num) {
      const MintedToken& other = others_[choices->Below(others_.size())];
      Damage(other.tree, choices, &tree);
      subject.fate = Fate::kMay;
    }
    if (HasTwins(tree)) subject.fate = Fate::kRefused;
    Style style;
    style.has_spaces = choices->Rarely();
    style.has_escapes = choices->Rarely();
    subject.text = Render(tree, style);
    if (choices->Rarely()) {
      DamageText(choices, &subject.text);
      subject.fate = Fate::kMay;
    }
    return subject;
  }

  void Check(const Subject& subject) const {
    const Answer answer =
        Alone(subject, subject.form, subject.key_set, Checker::kKernels);
    if (subject.fate == Fate::kRefused) {
      Require(!answer.is_valid, "this is never valid", subject);
    }
    if (subject.fate == Fate::kValid) {
      Require(answer.is_valid, "this is valid", subject);
      Require(answer.content == subject.content, "it says this", subject);
    }
    CheckSame(subject, answer);
    CheckEverywhere(subject);
  }

  // Whoever else is asked: a form is never guessed, and no set has the other's
  // keys.
  void CheckEverywhere(const Subject& subject) const {
    for (const Form form : assay::testing::kAllForms) {
      CheckDeserved(subject, form, assay::testing::kPublic);
      if (form == Form::kJwe || form == Form::kJweJson) continue;
      CheckDeserved(subject, form, assay::testing::kSecrets);
    }
  }

  void CheckDeserved(const Subject& subject, Form form,
                     absl::string_view key_set) const {
    const Answer answer = Alone(subject, form, key_set, Checker::kKernels);
    Require(answer.is_valid || answer.content.empty(),
            "nothing is told of what is not valid", subject);
    Require(!answer.is_valid ||
                judge_.IsDeserved(form, key_set, subject.text, answer),
            "what is valid was protected so", subject);
  }

  // In a batch, before and behind others, by whoever checks.
  void CheckSame(const Subject& subject, const Answer& alone) const {
    Require(Alone(subject, subject.form, subject.key_set,
                  Checker::kBoringSsl) == alone,
            "BoringSSL says the same", subject);
    std::vector<absl::string_view> batch = {subject.text, "x"};
    for (size_t i = 0; i < others_.size() && batch.size() < kMaxNeighbours;
         ++i) {
      if (others_[i].form == subject.form &&
          others_[i].key_set == subject.key_set) {
        batch.push_back(neighbours_[i]);
      }
    }
    const std::vector<absl::string_view> reversed(batch.rbegin(), batch.rend());
    for (const Checker checker : {Checker::kKernels, Checker::kBoringSsl}) {
      const auto ask = [&](const std::vector<absl::string_view>& tokens) {
        return judge_.Ask(subject.form, subject.key_set, checker, tokens);
      };
      Require(ask(batch).front() == alone, "the same before others", subject);
      Require(ask(reversed).back() == alone, "the same behind others", subject);
    }
  }

  Answer Alone(const Subject& subject, Form form, absl::string_view key_set,
               Checker checker) const {
    const absl::string_view text = subject.text;
    return judge_.Ask(form, key_set, checker, absl::MakeConstSpan(&text, 1))[0];
  }

  assay::testing::Mint mint_;
  const assay::testing::Judge judge_;
  std::vector<MintedToken> others_;
  std::vector<std::string> neighbours_;  // The texts of others_.
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto* const fuzzer = new Fuzzer;
  if (size > 0 && data[0] == kSeeded) {
    const std::vector<uint8_t> bytes = RandomBytes({data, size});
    fuzzer->Run(Choices(bytes));
  } else {
    fuzzer->Run(Choices({data, size}));
  }
  return 0;
}
