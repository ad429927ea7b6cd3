// The main() of a fuzz target in an ordinary build: runs the target on the
// empty input, on each file named on the command line, and on some mutations of
// each. The mutations follow from a seed, so a failure can be repeated; they
// are no replacement for libFuzzer (--config=fuzz), which is guided by
// coverage.
//
// Environment: ASSAY_FUZZ_MUTATIONS (per file, default 300), ASSAY_FUZZ_SEED.
// If the target crashes, the input is named on stderr, with its bytes in hex.

#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int* argc,
                                                          char*** argv);
// Present if a sanitizer is linked.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(
    void (*callback)());

namespace {

// What is running now, for the report of a crash.
const std::string* current_input = nullptr;
std::string current_name = "";

// Called in a dying process: only write(2).
void ReportInput() {
  if (current_input == nullptr) return;
  const auto print = [](const char* text, size_t size) {
    if (write(STDERR_FILENO, text, size) < 0) return;
  };
  print("\nfuzz input: ", 13);
  print(current_name.data(), current_name.size());
  print("\nhex: ", 6);
  for (unsigned char byte : *current_input) {
    const char digits[] = "0123456789abcdef";
    const char hex[] = {digits[byte >> 4], digits[byte & 15]};
    print(hex, 2);
  }
  print("\n", 1);
}

void OnSignal(int signal) {
  ReportInput();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void Run(const std::string& input, std::string name) {
  current_name = std::move(name);
  current_input = &input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()),
                         input.size());
  current_input = nullptr;
}

// One to four small edits: the mistakes that parsers meet.
std::string Mutate(std::string input, std::mt19937_64& random) {
  const auto below = [&random](size_t n) { return random() % n; };
  for (uint64_t edits = 1 + below(4); edits > 0; --edits) {
    const size_t at = below(input.size() + 1);
    switch (below(6)) {
      case 0:  // flip a bit
        if (at < input.size()) input[at] ^= char(1 << below(8));
        break;
      case 1:  // set a byte
        if (at < input.size()) input[at] = char(random());
        break;
      case 2:  // insert a byte, often one that means something
        input.insert(at, 1, "{}[]\":,.-=\\\0e0 "[below(15)]);
        break;
      case 3:  // cut a piece out
        input.erase(at, 1 + below(8));
        break;
      case 4:  // cut the end off
        input.resize(at);
        break;
      case 5:  // repeat a piece
        input.insert(at, input.substr(at, 1 + below(16)));
        break;
    }
  }
  return input;
}

uint64_t Setting(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

}  // namespace

int main(int argc, char** argv) {
  if (LLVMFuzzerInitialize != nullptr) LLVMFuzzerInitialize(&argc, &argv);
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(ReportInput);
  } else {
    for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
      std::signal(signal, OnSignal);
    }
  }
  std::signal(SIGABRT, OnSignal);

  const uint64_t seed = Setting("ASSAY_FUZZ_SEED", 20240607);
  const uint64_t mutations = Setting("ASSAY_FUZZ_MUTATIONS", 300);
  Run("", "empty");
  for (int i = 1; i < argc; ++i) {
    std::ifstream in(argv[i], std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "cannot read %s\n", argv[i]);
      return 1;
    }
    const std::string input{std::istreambuf_iterator<char>(in), {}};
    Run(input, argv[i]);
    // A generator per file: adding a file does not change the other inputs.
    std::mt19937_64 random(seed);
    for (uint64_t m = 0; m < mutations; ++m) {
      Run(Mutate(input, random),
          std::string(argv[i]) + ", mutation " + std::to_string(m));
    }
  }
  std::printf("%d files, %llu mutations of each, seed %llu\n", argc - 1,
              static_cast<unsigned long long>(mutations),
              static_cast<unsigned long long>(seed));
  return 0;
}
