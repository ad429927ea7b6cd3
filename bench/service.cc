// What the front door costs: the processor time of a real assayd per token, by
// BatchVerify, beside the floor (a server that only parses) and the engine
// alone.
//
//   ./bazelw run //bench:service
//   ./bazelw run //bench:service -- --benchmark_filter=HS256.*batch:1000/
//
// The three take turns within one loop, so that they see the same machine.
// Times are processor time (user and system, all threads of the server
// process), so other processes and the client do not count in. "Time" is
// assayd's for one turn (at least 256 tokens) and items_per_second is tokens
// per second of one core.
// Counters, all in ns per token:
//   server_cpu   assayd
//   floor_cpu    the server that only parses and answers empty results
//   engine       the engine in this process, on one thread, the same batches
//   over_engine  server_cpu - engine: what the service adds
// Tokens are distinct, at least 64 of them, and every answer is checked.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "assay/v1/verifier.grpc.pb.h"
#include "bench/bench_clocks.h"
#include "bench/bench_key_sets.h"
#include "bench/bench_tokens.h"
#include "bench/service_servers.h"
#include "benchmark/benchmark.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/engine/batch_verifier.h"
#include "grpcpp/grpcpp.h"

namespace assay::bench {
namespace {

constexpr jose::Algorithm kAlgorithms[] = {
    jose::Algorithm::kHs256, jose::Algorithm::kRs256, jose::Algorithm::kEs256,
    jose::Algorithm::kEdDsa};
constexpr size_t kMinTokens = 64;
// How many tokens each of the three handles before it is another's turn: some
// tenths of a millisecond for HS256.
constexpr size_t kTokensPerTurn = 256;

// The same batches, as requests for a server and for the engine.
struct Batches {
  std::vector<std::string> tokens;
  std::vector<absl::string_view> views;
  std::vector<v1::BatchVerifyRequest> requests;
  size_t batch_size;

  absl::Span<const absl::string_view> ViewsOf(size_t batch) const {
    return absl::MakeConstSpan(views).subspan(batch * batch_size, batch_size);
  }
};

void SetPolicy(absl::string_view key_set, v1::Policy* proto) {
  const jose::Policy policy = BenchPolicy();
  proto->set_key_set(std::string(key_set));
  for (const std::string& issuer : policy.issuers) proto->add_issuers(issuer);
  for (const std::string& audience : policy.audiences) {
    proto->add_audiences(audience);
  }
  for (const std::string& name : policy.required_claims) {
    proto->add_required_claims(name);
  }
}

Batches MakeBatches(jose::Algorithm algorithm, size_t batch_size) {
  const absl::string_view key_set = jose::AlgorithmName(algorithm);
  const size_t num_batches = (kMinTokens + batch_size - 1) / batch_size;
  Batches batches;
  batches.batch_size = batch_size;
  batches.tokens = BenchTokens(algorithm, num_batches * batch_size);
  batches.views.assign(batches.tokens.begin(), batches.tokens.end());
  batches.requests.resize(num_batches);
  for (size_t i = 0; i < num_batches; ++i) {
    SetPolicy(key_set, batches.requests[i].mutable_policy());
    for (absl::string_view token : batches.ViewsOf(i)) {
      batches.requests[i].add_tokens(std::string(token));
    }
  }
  return batches;
}

// A client of one server.
class Client {
 public:
  Client(const process::ServerProcess& server, Transport transport)
      : server_(server),
        stub_(v1::VerifierService::NewStub(MakeChannel(server, transport))) {}

  // The number of results with `verdict`; aborts if the call fails.
  size_t Call(const v1::BatchVerifyRequest& request, v1::Verdict verdict) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    const grpc::Status status =
        stub_->BatchVerify(&context, request, &response_);
    if (!status.ok()) {
      std::fprintf(stderr, "%s\n", status.error_message().c_str());
      std::abort();
    }
    return std::count_if(
        response_.results().begin(), response_.results().end(),
        [verdict](const auto& result) { return result.verdict() == verdict; });
  }
  absl::Duration CpuTime() const { return server_.CpuTime(); }

 private:
  static std::shared_ptr<grpc::Channel> MakeChannel(
      const process::ServerProcess& server, Transport transport) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    return grpc::CreateCustomChannel(AddressOf(server, transport),
                                     grpc::InsecureChannelCredentials(),
                                     arguments);
  }

  const process::ServerProcess& server_;
  const std::unique_ptr<v1::VerifierService::Stub> stub_;
  v1::BatchVerifyResponse response_;
};

// The engine alone, on this thread.
class Engine {
 public:
  explicit Engine(jose::Algorithm algorithm)
      : policy_(BenchPolicy()),
        verifier_(&BenchKeyCache(), nullptr, Clock::System(), Limits()) {
    request_.key_set = jose::AlgorithmName(algorithm);
    request_.policy = &policy_;
  }

  size_t Verify(absl::Span<const absl::string_view> tokens) {
    size_t num_valid = 0;
    request_.tokens = tokens;
    const absl::Duration begin = ThreadCpuTime();
    const absl::Status status =
        verifier_.Verify(request_, [&](const engine::BatchResults& batch) {
          num_valid = std::count_if(
              batch.results.begin(), batch.results.end(),
              [](const engine::TokenResult& result) { return result.valid(); });
        });
    cpu_ += ThreadCpuTime() - begin;
    return status.ok() ? num_valid : 0;
  }
  absl::Duration CpuTime() const { return cpu_; }

 private:
  const jose::Policy policy_;
  const engine::BatchVerifier verifier_;
  engine::VerifyRequest request_;
  absl::Duration cpu_;
};

double NanosEach(absl::Duration cpu, size_t num_tokens) {
  return absl::ToDoubleNanoseconds(cpu) /
         static_cast<double>(std::max<size_t>(1, num_tokens));
}

void BM_BatchVerify(benchmark::State& state, const ServiceServers* servers,
                    jose::Algorithm algorithm, Transport transport) {
  const size_t batch_size = static_cast<size_t>(state.range(0));
  const Batches batches = MakeBatches(algorithm, batch_size);
  Client assayd(*servers->assayd, transport);
  Client floor(*servers->floor, transport);
  Engine engine(algorithm);
  // Of one batch by each of the three.
  const auto assayd_valid = [&](size_t batch) {
    return assayd.Call(batches.requests[batch], v1::VERDICT_VALID);
  };
  const auto floor_answers = [&](size_t batch) {
    return floor.Call(batches.requests[batch], v1::VERDICT_UNSPECIFIED);
  };
  const auto engine_valid = [&](size_t batch) {
    return engine.Verify(batches.ViewsOf(batch));
  };
  for (size_t i = 0; i < batches.requests.size(); ++i) {
    if (assayd_valid(i) != batch_size || floor_answers(i) != batch_size ||
        engine_valid(i) != batch_size) {
      state.SkipWithError("a good token was refused");
      return;
    }
  }

  const absl::Duration assayd_start = assayd.CpuTime();
  const absl::Duration floor_start = floor.CpuTime();
  const absl::Duration engine_start = engine.CpuTime();
  const size_t batches_per_turn =
      std::max<size_t>(1, kTokensPerTurn / batch_size);
  absl::Duration assayd_last = assayd_start;
  size_t next = 0, num_tokens = 0, num_valid = 0;
  const auto take_turn = [&](const auto& answers_of) {
    size_t num = 0;
    for (size_t i = 0; i < batches_per_turn; ++i) {
      num += answers_of((next + i) % batches.requests.size());
    }
    return num;
  };
  for (auto _ : state) {
    num_valid += take_turn(assayd_valid);
    num_valid += take_turn(engine_valid);
    num_valid += take_turn(floor_answers);
    next += batches_per_turn;
    num_tokens += batches_per_turn * batch_size;
    // Read last: by now assayd has tidied up behind its answers.
    const absl::Duration assayd_now = assayd.CpuTime();
    state.SetIterationTime(absl::ToDoubleSeconds(assayd_now - assayd_last));
    assayd_last = assayd_now;
  }
  if (num_valid != 3 * num_tokens) {
    state.SkipWithError("a good token was refused");
    return;
  }
  const double server_ns = NanosEach(assayd_last - assayd_start, num_tokens);
  const double engine_ns =
      NanosEach(engine.CpuTime() - engine_start, num_tokens);
  state.SetItemsProcessed(static_cast<int64_t>(num_tokens));
  state.counters["server_cpu"] = server_ns;
  state.counters["floor_cpu"] =
      NanosEach(floor.CpuTime() - floor_start, num_tokens);
  state.counters["engine"] = engine_ns;
  state.counters["over_engine"] = server_ns - engine_ns;
}

void RegisterAll(const ServiceServers* servers) {
  for (jose::Algorithm algorithm : kAlgorithms) {
    for (Transport transport : {Transport::kTcp, Transport::kUnix}) {
      benchmark::RegisterBenchmark(
          absl::StrCat("service/verify/", jose::AlgorithmName(algorithm),
                       transport == Transport::kTcp ? "/tcp" : "/unix")
              .c_str(),
          BM_BatchVerify, servers, algorithm, transport)
          ->ArgName("batch")
          ->Arg(1)
          ->Arg(64)
          ->Arg(1000)
          ->Arg(10000)
          ->UseManualTime()
          ->Unit(benchmark::kMicrosecond);
    }
  }
}

}  // namespace
}  // namespace assay::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const assay::bench::ServiceServers servers =
      assay::bench::StartServiceServers(argv[0], assay::bench::kAlgorithms);
  assay::bench::RegisterAll(&servers);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
