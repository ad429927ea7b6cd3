#include "core/crypto/key_encoding.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/pem.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

using KeyOrError = absl::StatusOr<KeyMaterial>;

std::string ReadTestFile(absl::string_view name) {
  std::ifstream file(absl::StrCat("core/crypto/testdata/", name, ".pem"));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_FALSE(text.empty()) << name;
  return text;
}

std::string Der(absl::string_view name) {
  return std::string(ParsePem(ReadTestFile(name)).at(0).der.view());
}

KeyOrError FromPem(absl::string_view text) {
  auto keys = ParsePemKeys(text);
  if (!keys.ok()) return keys.status();
  return std::move(keys->at(0));
}

// The error's text, or "" if there is none.
std::string Fault(const KeyOrError& key) {
  EXPECT_TRUE(key.ok() ||
              key.status().code() == absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ERR_peek_error(), 0u);
  return std::string(key.status().message());
}

// Public numbers, and private ones if there are, as comparable text.
std::string Describe(const KeyMaterial& key, bool with_private) {
  std::string text = absl::StrCat(key.index(), "|");
  if (const auto* rsa = absl::get_if<RsaKey>(&key)) {
    absl::StrAppend(&text, rsa->n, "|", rsa->e);
    if (with_private && rsa->secret) {
      const RsaPrivateNumbers& s = *rsa->secret;
      absl::StrAppend(&text, "|", s.d.view(), "|", s.p.view(), "|");
      absl::StrAppend(&text, s.q.view(), "|", s.dp.view(), "|", s.dq.view(),
                      "|", s.qi.view());
    }
  } else if (const auto* ec = absl::get_if<EcKey>(&key)) {
    absl::StrAppend(&text, static_cast<int>(ec->curve), "|", ec->x, "|", ec->y);
    if (with_private && ec->d) absl::StrAppend(&text, "|", ec->d->view());
  } else if (const auto* ed = absl::get_if<Ed25519Key>(&key)) {
    absl::StrAppend(&text, ed->x);
    if (with_private && ed->d) absl::StrAppend(&text, "|", ed->d->view());
  } else if (const auto* x25519 = absl::get_if<X25519Key>(&key)) {
    absl::StrAppend(&text, x25519->x);
    if (with_private && x25519->d) {
      absl::StrAppend(&text, "|", x25519->d->view());
    }
  }
  return text;
}

struct Family {
  const char* name;
  std::vector<const char*> private_encodings;
  std::vector<const char*> public_encodings;
};

const std::vector<Family>& Families() {
  static const auto* const families = new std::vector<Family>{
      {"rsa", {"pkcs8", "pkcs1"}, {"spki", "pkcs1_public", "certificate"}},
      {"p256",
       {"pkcs8", "sec1", "sec1_no_public"},
       {"spki", "compressed_spki", "certificate"}},
      {"p384",
       {"pkcs8", "sec1", "sec1_no_public"},
       {"spki", "compressed_spki", "certificate"}},
      {"p521",
       {"pkcs8", "sec1", "sec1_no_public"},
       {"spki", "compressed_spki", "certificate"}},
      {"ed25519", {"pkcs8"}, {"spki"}},
      {"x25519", {"pkcs8"}, {"spki"}},
  };
  return *families;
}

template <typename Check>
void ForEachFile(Check check) {
  for (const Family& family : Families()) {
    for (const char* encoding : family.private_encodings) {
      check(absl::StrCat(family.name, ".", encoding), family, true);
    }
    for (const char* encoding : family.public_encodings) {
      check(absl::StrCat(family.name, ".", encoding), family, false);
    }
  }
}

TEST(KeyEncodingTest, EveryEncodingOfAKeyGivesTheSameNumbers) {
  ForEachFile([](const std::string& file, const Family& family, bool secret) {
    const KeyOrError first =
        FromPem(ReadTestFile(absl::StrCat(family.name, ".pkcs8")));
    const KeyOrError pem = FromPem(ReadTestFile(file));
    const KeyOrError der = ParseDerKey(Der(file));
    ASSERT_EQ(Fault(pem), "") << file;
    ASSERT_EQ(Fault(der), "") << file;
    EXPECT_EQ(Describe(*pem, secret), Describe(*first, secret)) << file;
    EXPECT_EQ(Describe(*der, secret), Describe(*first, secret)) << file;
    EXPECT_EQ(HasPrivateNumbers(*pem), secret) << file;
    EXPECT_EQ(HasPrivateNumbers(*der), secret) << file;
    EXPECT_TRUE(ValidateKeyMaterial(*pem, 4096).ok()) << file;
  });
}

TEST(KeyEncodingTest, TrailingDataIsRejected) {
  ForEachFile([](const std::string& file, const Family&, bool) {
    for (const absl::string_view tail :
         {absl::string_view("\0", 1), absl::string_view("\x05\0", 2),
          absl::string_view("x")}) {
      EXPECT_NE(Fault(ParseDerKey(absl::StrCat(Der(file), tail))), "") << file;
    }
  });
}

// A key with more elements in its outermost SEQUENCE than the format has.
TEST(KeyEncodingTest, TrailingElementsAreRejected) {
  ForEachFile([](const std::string& file, const Family&, bool) {
    std::string der = Der(file);
    CBS in, contents;
    CBS_init(&in, Bytes(der), der.size());
    ASSERT_TRUE(CBS_get_asn1(&in, &contents, CBS_ASN1_SEQUENCE));
    bssl::ScopedCBB cbb;
    CBB sequence;
    ASSERT_TRUE(
        CBB_init(cbb.get(), 64) &&
        CBB_add_asn1(cbb.get(), &sequence, CBS_ASN1_SEQUENCE) &&
        CBB_add_bytes(&sequence, CBS_data(&contents), CBS_len(&contents)) &&
        CBB_add_asn1_uint64(&sequence, 7) && CBB_flush(cbb.get()));
    EXPECT_NE(Fault(ParseDerKey(absl::string_view(
                  reinterpret_cast<const char*>(CBB_data(cbb.get())),
                  CBB_len(cbb.get())))),
              "")
        << file;
  });
}

TEST(KeyEncodingTest, EveryTruncationIsRejected) {
  ForEachFile([](const std::string& file, const Family&, bool) {
    const std::string der = Der(file);
    for (size_t len = 0; len < der.size(); ++len) {
      ASSERT_NE(Fault(ParseDerKey(absl::string_view(der).substr(0, len))), "")
          << file << " " << len;
    }
  });
}

// The optional parts of an ECPrivateKey, RFC 5915 3, that promise more than
// there is. (EveryTruncationIsRejected ends in the SEQUENCE around them.)
TEST(KeyEncodingTest, ATruncatedCurveOrPointInAnEcPrivateKeyIsRejected) {
  const std::string start =
      std::string("\x02\x01\x01\x04\x20", 5) + std::string(32, '\x11');
  for (absl::string_view end : {"\xa0", "\xa0\x7f", "\xa0\x80",
                                "\xa0\x0a\x06\x08", "\xa1", "\xa1\x7f"}) {
    const std::string contents = absl::StrCat(start, end);
    const std::string der =
        absl::StrCat("\x30", std::string(1, contents.size()), contents);
    EXPECT_TRUE(absl::StrContains(Fault(ParseDerKey(der)), "malformed"));
  }
}

// What it makes of most bits is not told; the sanitizers watch.
TEST(KeyEncodingTest, AFlippedBitAnywhereGivesAKeyOrAnInvalidArgument) {
  ForEachFile([](const std::string& file, const Family&, bool) {
    std::string der = Der(file);
    for (size_t i = 0; i < der.size(); ++i) {
      for (const int mask : {0x01, 0xa0}) {
        der[i] = static_cast<char>(der[i] ^ mask);
        const KeyOrError key = ParseDerKey(der);
        absl::Status status = key.status();
        if (status.ok()) status = ValidateKeyMaterial(*key, 4096);
        EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status))
            << file << " " << i << " " << status;
        EXPECT_EQ(ERR_peek_error(), 0u) << file << " " << i;
        // The outermost tag and the length behind it.
        if (i < 2) {
          EXPECT_FALSE(status.ok()) << file << " " << i;
        }
        der[i] = static_cast<char>(der[i] ^ mask);
      }
    }
  });
}

TEST(KeyEncodingTest, EncryptedKeysAreNamedSo) {
  for (const char* file : {"rsa.encrypted_pkcs8", "rsa.encrypted_pkcs1"}) {
    EXPECT_TRUE(
        absl::StrContains(Fault(FromPem(ReadTestFile(file))), "encrypted"))
        << file;
  }
  EXPECT_TRUE(absl::StrContains(Fault(ParseDerKey(Der("rsa.encrypted_pkcs8"))),
                                "encrypted"));
}

TEST(KeyEncodingTest, ExplicitCurveParametersAreRejected) {
  for (const char* file : {"p256.explicit_spki", "p256.explicit_sec1"}) {
    EXPECT_TRUE(
        absl::StrContains(Fault(FromPem(ReadTestFile(file))), "explicit"))
        << file;
    EXPECT_TRUE(absl::StrContains(Fault(ParseDerKey(Der(file))), "explicit"))
        << file;
  }
}

TEST(KeyEncodingTest, UnsupportedKeysAreNamed) {
  EXPECT_TRUE(absl::StrContains(Fault(FromPem(ReadTestFile("rsa_pss.spki"))),
                                "RSASSA-PSS"));
  EXPECT_TRUE(absl::StrContains(Fault(FromPem(ReadTestFile("secp256k1.spki"))),
                                "curve"));
  EXPECT_TRUE(absl::StrContains(Fault(FromPem(ReadTestFile("ed448.spki"))),
                                "none of RSA, EC, Ed25519, X25519"));
}

// A block's label decides how it is read: a public key labelled private, and
// the reverse, is a mistake to report.
TEST(KeyEncodingTest, TheLabelMustFitTheContents) {
  for (const char* file : {"rsa.spki", "p256.spki", "ed25519.spki"}) {
    std::string text = ReadTestFile(file);
    for (size_t at; (at = text.find("PUBLIC")) != std::string::npos;) {
      text.replace(at, 6, "PRIVATE");
    }
    EXPECT_NE(Fault(FromPem(text)), "") << file;
  }
}

TEST(KeyEncodingTest, ABadBlockIsAnErrorInItsPlace) {
  const auto keys = ParsePemKeys(absl::StrCat(
      "notes\n", ReadTestFile("rsa.spki"),
      "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
      ReadTestFile("ed25519.spki"), ReadTestFile("p256.with_parameters")));
  ASSERT_TRUE(keys.ok());
  ASSERT_EQ(keys->size(), 5u);
  EXPECT_TRUE((*keys)[0].ok());
  EXPECT_FALSE((*keys)[1].ok());
  EXPECT_TRUE((*keys)[2].ok());
  EXPECT_FALSE((*keys)[3].ok()) << "EC PARAMETERS";
  EXPECT_TRUE((*keys)[4].ok());
}

TEST(KeyEncodingTest, TextWithoutABlockFailsWhole) {
  for (const absl::string_view text : {"", "no key", "{\"kty\":\"RSA\"}"}) {
    EXPECT_EQ(ParsePemKeys(text).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(KeyEncodingTest, OtherDerIsRejected) {
  for (const absl::string_view der :
       {absl::string_view(""), absl::string_view("\x30\x00", 2),
        absl::string_view("\x04\x01x"), absl::string_view("\x30\x80\0\0", 4),
        absl::string_view("\x30\x03\x02\x01\x05")}) {
    EXPECT_NE(Fault(ParseDerKey(der)), "");
  }
}

TEST(KeyEncodingTest, AnEd25519PublicKeyThatDoesNotFitItsSeedIsRejected) {
  // RFC 8410 10.3: version 2, with an attribute and the public key.
  const std::string text =
      "-----BEGIN PRIVATE KEY-----\n"
      "MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
      "oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n"
      "Z9w7lshQhqowtrbLDFw4rXAxZuE=\n"
      "-----END PRIVATE KEY-----\n";
  const KeyOrError key = FromPem(text);
  ASSERT_EQ(Fault(key), "");
  EXPECT_TRUE(ValidateKeyMaterial(*key, 4096).ok());
  std::string der(ParsePem(text).at(0).der.view());
  der.back() = static_cast<char>(der.back() ^ 1);
  EXPECT_TRUE(absl::StrContains(Fault(ParseDerKey(der)), "does not fit"));
}

TEST(KeyEncodingTest, ErrorsNeverHoldKeyBytes) {
  std::string text = ReadTestFile("p256.sec1");
  const std::string body = text.substr(text.find('\n') + 1, 20);
  text.erase(60, 1);
  EXPECT_FALSE(absl::StrContains(Fault(FromPem(text)), body.substr(0, 6)));
}

}  // namespace
}  // namespace assay::crypto
