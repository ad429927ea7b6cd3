#include "service/config.h"

#include <cstdlib>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kGood[] = R"(listeners { address: "127.0.0.1:0" }
key_sets { paths: "keys" }
)";

// The errors of kGood with `more` behind it: `more` starts at line 3.
std::string ErrorsWith(absl::string_view more) {
  const auto config = ParseConfig(absl::StrCat(kGood, more), "f.conf");
  EXPECT_FALSE(config.ok()) << more;
  return std::string(config.status().message());
}

TEST(ConfigTest, FillsInDefaults) {
  const auto config = ParseConfig(kGood, "f.conf");
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->key_sources.size(), 1u);
  EXPECT_EQ(config->key_sources[0].name, "default");
  EXPECT_EQ(config->key_sources[0].use, keys::KeySetUse::kVerify);
  EXPECT_EQ(config->limits.max_token_bytes, 65536u);
  EXPECT_EQ(config->limits.max_header_bytes, 16384u);
  EXPECT_EQ(config->limits.max_json_depth, 32u);
  EXPECT_EQ(config->limits.max_batch_items, 100000u);
  EXPECT_EQ(config->limits.max_rsa_modulus_bits, 8192);
  EXPECT_EQ(config->max_request_bytes, 67108864);
  EXPECT_EQ(config->max_pending_batches, 1024u);
  EXPECT_EQ(config->drain_timeout, absl::Seconds(30));
  EXPECT_EQ(config->worker_threads,
            static_cast<int>(std::thread::hardware_concurrency()));
}

TEST(ConfigTest, ReadsEveryField) {
  const auto config = ParseConfig(R"(
      listeners {
        address: "0.0.0.0:443"
        tls {
          certificate_chain_file: "c"
          private_key_file: "k"
          client_ca_file: "a"
        }
      }
      listeners {
        address: "0.0.0.0:80"
        allow_plaintext_from_network: true
      }
      key_sets {
        name: "s"
        paths: ["a", "b"]
        use: KEY_SET_USE_SIGN
        issuers: "me"
        allow_readable_secrets: true
        password_file: "password"
      }
      key_sets { name: "p" paths: "c" use: KEY_SET_USE_PUBLIC }
      key_sets { name: "e" paths: "d" use: KEY_SET_USE_ENCRYPT }
      key_sets { name: "d" paths: "e" use: KEY_SET_USE_DECRYPT }
      key_sets {
        name: "x"
        certificate_trust {
          root_files: ["r1", "r2"]
          dns_names: "d"
          uris: "u"
          emails: "e"
          extended_key_usages: "1.2.3"
          max_certificates: 3
        }
      }
      limits {
        max_token_bytes: 1000
        max_header_bytes: 500
        max_json_depth: 5
        max_batch_items: 10
        max_rsa_modulus_bits: 4096
        max_request_bytes: 2000
        max_pending_batches: 3
        max_pbes2_iterations: 7000
        max_batch_pbes2_iterations: 50000000
        max_recipients: 4
        max_inflated_bytes: 5000
        max_batch_inflated_bytes: 6000
      }
      worker_threads: 7
      drain_timeout { seconds: 2 nanos: 500000000 }
  )",
                                  "f.conf");
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->listeners.size(), 2u);
  EXPECT_EQ(config->listeners[0].tls->certificate_chain, "c");
  EXPECT_EQ(config->listeners[0].tls->private_key, "k");
  EXPECT_EQ(config->listeners[0].tls->client_ca, "a");
  EXPECT_TRUE(config->listeners[1].allow_plaintext_from_network);
  const keys::KeySource& source = config->key_sources[0];
  EXPECT_EQ(source.name, "s");
  EXPECT_EQ(source.paths, std::vector<std::string>({"a", "b"}));
  EXPECT_EQ(source.use, keys::KeySetUse::kSign);
  EXPECT_EQ(source.issuers, std::vector<std::string>({"me"}));
  EXPECT_TRUE(source.allow_readable_secrets);
  EXPECT_EQ(source.password_file, "password");
  EXPECT_FALSE(source.certificate_trust.has_value());
  EXPECT_EQ(config->key_sources[1].use, keys::KeySetUse::kPublic);
  EXPECT_EQ(config->key_sources[2].use, keys::KeySetUse::kEncrypt);
  EXPECT_EQ(config->key_sources[3].use, keys::KeySetUse::kDecrypt);
  EXPECT_EQ(config->limits.max_pbes2_iterations, 7000u);
  EXPECT_EQ(config->limits.max_batch_pbes2_iterations, 50'000'000u);
  ASSERT_TRUE(config->key_sources[4].certificate_trust.has_value());
  const keys::CertificateTrust& trust =
      *config->key_sources[4].certificate_trust;
  EXPECT_THAT(trust.root_files, ElementsAre("r1", "r2"));
  EXPECT_THAT(trust.policy.dns_names, ElementsAre("d"));
  EXPECT_THAT(trust.policy.uris, ElementsAre("u"));
  EXPECT_THAT(trust.policy.emails, ElementsAre("e"));
  EXPECT_THAT(trust.policy.extended_key_usages, ElementsAre("1.2.3"));
  EXPECT_EQ(trust.policy.max_certificates, 3u);
  EXPECT_EQ(config->limits.max_token_bytes, 1000u);
  EXPECT_EQ(config->limits.max_header_bytes, 500u);
  EXPECT_EQ(config->limits.max_json_depth, 5u);
  EXPECT_EQ(config->limits.max_batch_items, 10u);
  EXPECT_EQ(config->limits.max_rsa_modulus_bits, 4096);
  EXPECT_EQ(config->max_request_bytes, 2000);
  EXPECT_EQ(config->max_pending_batches, 3u);
  EXPECT_EQ(config->limits.max_recipients, 4u);
  EXPECT_EQ(config->limits.max_inflated_bytes, 5000u);
  EXPECT_EQ(config->limits.max_batch_inflated_bytes, 6000u);
  EXPECT_EQ(config->worker_threads, 7);
  EXPECT_EQ(config->drain_timeout, absl::Milliseconds(2500));
}

TEST(ConfigTest, KernelsHaveSafeDefaults) {
  const auto config = ParseConfig(kGood, "f.conf");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->kernels.lanes.recheck_one_in, 1024u);
  EXPECT_EQ(config->kernels.max_confirmed_rejections, 256);
  EXPECT_EQ(config->kernels.table_budget_bytes, size_t{256} << 20);
}

TEST(ConfigTest, KernelsAreConfigured) {
  const auto config =
      ParseConfig(std::string(kGood) +
                      "kernels { boringssl_only: true table_memory_mib: 5 "
                      "max_confirmed_rejections: 6 recheck_one_in: 7 }",
                  "f.conf");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_FALSE(config->kernels.lanes.use_kernels);
  EXPECT_EQ(config->kernels.lanes.recheck_one_in, 7u);
  EXPECT_EQ(config->kernels.max_confirmed_rejections, 6);
  EXPECT_EQ(config->kernels.table_budget_bytes, size_t{5} << 20);
}

TEST(ConfigTest, AdminPagesAreOffUnlessConfigured) {
  EXPECT_FALSE(ParseConfig(kGood, "f.conf")->admin.has_value());
  const auto config = ParseConfig(
      absl::StrCat(kGood, R"(admin { address: "127.0.0.1:9464" })"), "f.conf");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->admin->address, "127.0.0.1:9464");
  EXPECT_FALSE(config->admin->allow_from_network);
  const auto open = ParseConfig(
      absl::StrCat(
          kGood,
          R"(admin { address: "0.0.0.0:9464" allow_from_network: true })"),
      "f.conf");
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_TRUE(open->admin->allow_from_network);
}

TEST(ConfigTest, TheConfigurationWinsOverTheEnvironmentsEngine) {
  const char* const set = std::getenv("ASSAY_ENGINE");
  const std::string before = set == nullptr ? "" : set;
  for (bool boringssl : {true, false}) {
    setenv("ASSAY_ENGINE", boringssl ? "boringssl" : "auto", 1);
    const auto silent = ParseConfig(kGood, "f.conf");
    const auto other =
        ParseConfig(absl::StrCat(kGood, "kernels { boringssl_only: ",
                                 boringssl ? "false" : "true", " }"),
                    "f.conf");
    ASSERT_TRUE(silent.ok() && other.ok());
    EXPECT_EQ(silent->kernels.lanes.use_kernels, !boringssl);
    EXPECT_EQ(other->kernels.lanes.use_kernels, boringssl);
  }
  setenv("ASSAY_ENGINE", before.c_str(), 1);
}

TEST(ConfigTest, UnknownFieldIsAnErrorWithItsPlace) {
  EXPECT_THAT(ErrorsWith("\n  colour: 1"), HasSubstr("f.conf:4:9: "));
  EXPECT_THAT(ErrorsWith("\n  colour: 1"), HasSubstr("\"colour\""));
  EXPECT_THAT(ErrorsWith("limits { max_tokens: 1 }"), HasSubstr("f.conf:3:"));
}

TEST(ConfigTest, SyntaxErrorHasItsPlace) {
  EXPECT_THAT(ErrorsWith("limits {"), HasSubstr("f.conf:3:"));
  EXPECT_THAT(ErrorsWith("worker_threads: many"), HasSubstr("f.conf:3:17: "));
  EXPECT_THAT(ErrorsWith("worker_threads: -1"), HasSubstr("f.conf:3:17: "));
}

struct BadLine {
  const char* text;
  const char* error;
};

TEST(ConfigTest, EveryBadValueHasItsPlaceAndMessage) {
  const BadLine kBadLines[] = {
      {"admin { }", "f.conf:3:1: admin: admin needs an address"},
      {R"(admin { address: "x" })",
       "f.conf:3:9: admin.address: bad address \"x\": no port"},
      {R"(admin { address: "unix:/x" })",
       "f.conf:3:9: admin.address: the admin pages need an IP address"},
      {R"(admin { address: "0.0.0.0:9464" })",
       "f.conf:3:9: admin.address: refusing to serve the admin pages on "
       "0.0.0.0:9464"},
      {R"(listeners { })", "f.conf:3:1: listeners[1]: a listener needs an"},
      {R"(listeners { address: "x" })",
       "f.conf:3:13: listeners[1].address: bad address \"x\": no port"},
      {R"(listeners { address: "0.0.0.0:1" })",
       "f.conf:3:13: listeners[1].address: refusing to listen on 0.0.0.0:1"},
      {R"(listeners { address: "0.0.0.0:1" tls { private_key_file: "k" } })",
       "f.conf:3:34: listeners[1].tls: tls needs certificate_chain_file"},
      {R"(listeners { address: "[::]:1" tls { certificate_chain_file: "c" } })",
       "listeners[1].tls: tls needs private_key_file"},
      {R"(listeners { address: "127.0.0.1:1" allow_plaintext_from_network: true
          tls { certificate_chain_file: "c" private_key_file: "k" } })",
       "f.conf:3:36: listeners[1].allow_plaintext_from_network: contradicts"},
      {R"(key_sets { name: "b" })",
       "f.conf:3:1: key_sets[1]: a key set needs paths"},
      {R"(key_sets { paths: "b" })",
       "f.conf:3:1: key_sets[1]: there are two key sets named \"default\""},
      {R"(key_sets { name: "b" paths: "" })",
       "f.conf:3:22: key_sets[1].paths[0]: must not be empty"},
      {R"(key_sets { name: "b" paths: "x" issuers: "" })",
       "f.conf:3:33: key_sets[1].issuers[0]: must not be empty"},
      {R"(key_sets { name: "b" paths: "x" use: 9 })",
       "f.conf:3:33: key_sets[1].use: is no"},
      {R"(key_sets { name: "b" certificate_trust { uris: "u" } })",
       "f.conf:3:22: key_sets[1].certificate_trust: certificate_trust needs "
       "root_files"},
      {R"(key_sets { name: "b" certificate_trust { root_files: "r" } })",
       "key_sets[1].certificate_trust: certificate_trust needs dns_names, uris "
       "or emails: else every certificate of the roots would be trusted"},
      {R"(key_sets { name: "b" certificate_trust { root_files: "r" uris: ""
          } })",
       "f.conf:3:58: key_sets[1].certificate_trust.uris[0]: must not be empty"},
      {R"(key_sets { name: "b" certificate_trust { root_files: "r" uris: "u"
          extended_key_usages: "codeSigning" } })",
       "key_sets[1].certificate_trust.extended_key_usages[0]: is no OID such "
       "as \"1.3.6.1.5.5.7.3.3\""},
      {R"(key_sets { name: "b" certificate_trust { root_files: "r" uris: "u"
          max_certificates: 11 } })",
       "key_sets[1].certificate_trust.max_certificates: must be at most 10"},
      {R"(kernels { table_memory_mib: 4000000000 })",
       "f.conf:3:11: kernels.table_memory_mib: must be at most 1048576"},
      {R"(limits { max_token_bytes: 1 })",
       "f.conf:3:10: limits.max_token_bytes: must be from 64 to 67108864"},
      {R"(limits { max_header_bytes: 1 })", "limits.max_header_bytes: must be"},
      {R"(limits { max_json_depth: 5000 })", "limits.max_json_depth: must be"},
      {R"(limits { max_batch_items: 4000000000 })",
       "limits.max_batch_items: must be"},
      {R"(limits { max_rsa_modulus_bits: 1024 })",
       "limits.max_rsa_modulus_bits: must be from 2048 to 16384"},
      {R"(limits { max_request_bytes: 10 })",
       "limits.max_request_bytes: must be from 1024 to 2147483647"},
      {R"(limits { max_pending_batches: 2000000 })",
       "limits.max_pending_batches: must be"},
      {R"(limits { max_pbes2_iterations: 999 })",
       "limits.max_pbes2_iterations: must be from 1000 to 10000000"},
      {R"(limits { max_batch_pbes2_iterations: 100000001 })",
       "limits.max_batch_pbes2_iterations: must be from 1000 to 100000000"},
      {R"(key_sets { name: "e" paths: "k" use: KEY_SET_USE_ENCRYPT issuers: "i" })",
       "is for sets that verify: encryption tells no issuer"},
      {R"(limits { max_recipients: 10001 })",
       "limits.max_recipients: must be from 1 to 10000"},
      {R"(limits { max_inflated_bytes: 67108865 })",
       "limits.max_inflated_bytes: must be from 1 to 67108864"},
      {R"(limits { max_batch_inflated_bytes: 4294967295 })",
       "limits.max_batch_inflated_bytes: must be from 1 to 1073741824"},
      {R"(worker_threads: 5000)",
       "f.conf:3:1: worker_threads: must be at most 1024"},
      {R"(drain_timeout { seconds: -1 })",
       "f.conf:3:1: drain_timeout: must be from 0 s to 3600 s"},
      {R"(drain_timeout { seconds: 1 nanos: -1 })", "drain_timeout: must be"},
  };
  for (const BadLine& bad : kBadLines) {
    EXPECT_THAT(ErrorsWith(bad.text), HasSubstr(bad.error)) << bad.text;
  }
}

TEST(ConfigTest, TellsAllErrorsAtOnce) {
  const std::string errors =
      ErrorsWith("worker_threads: 5000\nlimits { max_token_bytes: 1 }\n");
  EXPECT_THAT(errors, HasSubstr("f.conf:3:1: worker_threads"));
  EXPECT_THAT(errors, HasSubstr("f.conf:4:10: limits.max_token_bytes"));
}

TEST(ConfigTest, NeedsListenersAndKeySets) {
  const auto config = ParseConfig("", "f.conf");
  EXPECT_THAT(std::string(config.status().message()),
              HasSubstr("no listeners"));
  EXPECT_THAT(std::string(config.status().message()), HasSubstr("no key_sets"));
}

TEST(ConfigTest, MissingFileIsNotFound) {
  const auto config = LoadConfig("/nonexistent/assayd.conf");
  EXPECT_EQ(config.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(config.status().message()),
              HasSubstr("/nonexistent/assayd.conf"));
}

TEST(ConfigTest, MessagesWithoutAFileNameTheField) {
  v1::AssaydConfig proto;
  proto.add_listeners()->set_address("0.0.0.0:1");
  proto.add_key_sets()->add_paths("k");
  const auto config = MakeConfig(proto);
  EXPECT_THAT(std::string(config.status().message()),
              HasSubstr("listeners[0].address: refusing to listen"));
}

}  // namespace
}  // namespace assay::service
