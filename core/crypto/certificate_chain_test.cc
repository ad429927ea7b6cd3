// The certificates are made here, by BoringSSL: each test breaks one thing in a
// chain that is good otherwise, and sees the reason for it.
#include "core/crypto/certificate_chain.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/boringssl_x509.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

using F = ChainFault;

constexpr char kCodeSigning[] = "1.3.6.1.5.5.7.3.3";
const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

bssl::UniquePtr<EVP_PKEY> EcPrivateKey() {
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  EXPECT_TRUE(EC_KEY_generate_key(ec.get()));
  EXPECT_TRUE(EVP_PKEY_set1_EC_KEY(key.get(), ec.get()));
  return key;
}

bssl::UniquePtr<EVP_PKEY> RsaPrivateKey(int bits) {
  bssl::UniquePtr<RSA> rsa(RSA_new());
  bssl::UniquePtr<BIGNUM> e(BN_new());
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  EXPECT_TRUE(BN_set_word(e.get(), RSA_F4));
  EXPECT_TRUE(RSA_generate_key_ex(rsa.get(), bits, e.get(), nullptr));
  EXPECT_TRUE(EVP_PKEY_set1_RSA(key.get(), rsa.get()));
  return key;
}

// What a certificate says; empty extensions are left out.
struct Spec {
  std::string subject;
  std::string basic_constraints = "critical,CA:TRUE";
  std::string key_usage = "keyCertSign";
  std::string extended_key_usage;
  std::string subject_alt_name;
  std::string name_constraints;
  absl::Duration begin = -absl::Hours(1);  // From kNow.
  absl::Duration end = absl::Hours(1);
  const EVP_MD* hash = EVP_sha256();
};

Spec Authority(std::string subject) {
  Spec spec;
  spec.subject = std::move(subject);
  return spec;
}

Spec Leaf() {
  Spec spec;
  spec.subject = "leaf";
  spec.basic_constraints = "critical,CA:FALSE";
  spec.key_usage = "critical,digitalSignature";
  spec.extended_key_usage = "codeSigning";
  spec.subject_alt_name = "URI:spiffe://example/signer,DNS:signer.example";
  return spec;
}

void SetName(const std::string& text, X509_NAME* name) {
  EXPECT_TRUE(X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_UTF8, reinterpret_cast<const uint8_t*>(text.data()),
      static_cast<int>(text.size()), -1, 0));
}

void AddExtension(int nid, const std::string& value, X509* certificate) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  std::string text = value;
  const bssl::UniquePtr<X509_EXTENSION> extension(
      X509V3_EXT_nconf_nid(nullptr, &context, nid, &text[0]));
  ASSERT_NE(extension, nullptr) << value;
  EXPECT_TRUE(X509_add_ext(certificate, extension.get(), -1));
}

struct Certified {
  std::string subject;
  bssl::UniquePtr<EVP_PKEY> key;
  std::string der;
};

// `issuer` null: signed by itself.
Certified Certify(const Spec& spec, const Certified* issuer,
                  bssl::UniquePtr<EVP_PKEY> key = EcPrivateKey()) {
  static int64_t serial = 0;
  bssl::UniquePtr<X509> x509(X509_new());
  EXPECT_TRUE(X509_set_version(x509.get(), X509_VERSION_3));
  EXPECT_TRUE(ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), ++serial));
  SetName(spec.subject, X509_get_subject_name(x509.get()));
  SetName(issuer == nullptr ? spec.subject : issuer->subject,
          X509_get_issuer_name(x509.get()));
  ASN1_TIME_set(X509_getm_notBefore(x509.get()),
                absl::ToTimeT(kNow + spec.begin));
  ASN1_TIME_set(X509_getm_notAfter(x509.get()), absl::ToTimeT(kNow + spec.end));
  EXPECT_TRUE(X509_set_pubkey(x509.get(), key.get()));
  AddExtension(NID_basic_constraints, spec.basic_constraints, x509.get());
  AddExtension(NID_key_usage, spec.key_usage, x509.get());
  AddExtension(NID_ext_key_usage, spec.extended_key_usage, x509.get());
  AddExtension(NID_subject_alt_name, spec.subject_alt_name, x509.get());
  AddExtension(NID_name_constraints, spec.name_constraints, x509.get());
  EXPECT_GT(
      X509_sign(x509.get(), issuer == nullptr ? key.get() : issuer->key.get(),
                spec.hash),
      0);
  uint8_t* bytes = nullptr;
  const int len = i2d_X509(x509.get(), &bytes);
  EXPECT_GT(len, 0);
  std::string der(reinterpret_cast<const char*>(bytes),
                  static_cast<size_t>(len));
  OPENSSL_free(bytes);
  return {spec.subject, std::move(key), std::move(der)};
}

class ChainVerifierTest : public ::testing::Test {
 protected:
  ChainVerifierTest()
      : root_(Certify(Authority("root"), nullptr)),
        intermediate_(Certify(Authority("intermediate"), &root_)),
        leaf_(Certify(Leaf(), &intermediate_)) {
    policy_.uris = {"spiffe://example/signer"};
    policy_.extended_key_usages = {kCodeSigning};
  }

  F Verify(const std::vector<std::string>& ders, absl::Time now = kNow) {
    return VerifyUnder({root_.der}, ders, now);
  }
  F VerifyUnder(const std::vector<std::string>& roots,
                const std::vector<std::string>& ders, absl::Time now = kNow) {
    const auto verifier = ChainVerifier::Create(roots, policy_);
    EXPECT_TRUE(verifier.ok()) << verifier.status();
    return (*verifier)->Verify(ders, now, &trusted_);
  }
  // A leaf of `spec` under the intermediate.
  F VerifyLeaf(const Spec& spec) {
    return Verify({Certify(spec, &intermediate_).der, intermediate_.der});
  }
  // A good leaf under an intermediate of `spec`.
  F VerifyUnderIssuer(const Spec& spec) {
    const Certified issuer = Certify(spec, &root_);
    return Verify({Certify(Leaf(), &issuer).der, issuer.der});
  }

  ChainPolicy policy_;
  const Certified root_, intermediate_, leaf_;
  TrustedLeaf trusted_;
};

TEST_F(ChainVerifierTest, TrustsAChainWithAndWithoutItsRoot) {
  EXPECT_EQ(Verify({leaf_.der, intermediate_.der}), F::kNone);
  EXPECT_TRUE(absl::holds_alternative<EcKey>(trusted_.key));
  EXPECT_EQ(trusted_.not_before, kNow - absl::Hours(1));
  EXPECT_EQ(trusted_.not_after, kNow + absl::Hours(1));
  EXPECT_EQ(Verify({leaf_.der, intermediate_.der, root_.der}), F::kNone);
  EXPECT_EQ(Verify({Certify(Leaf(), &root_).der}), F::kNone);
}

TEST_F(ChainVerifierTest, ValidityIsThatOfTheShortestLivedCertificate) {
  Spec issuer = Authority("short");
  issuer.begin = -absl::Minutes(1);
  issuer.end = absl::Minutes(1);
  EXPECT_EQ(VerifyUnderIssuer(issuer), F::kNone);
  EXPECT_EQ(trusted_.not_before, kNow - absl::Minutes(1));
  EXPECT_EQ(trusted_.not_after, kNow + absl::Minutes(1));
}

TEST_F(ChainVerifierTest, RefusesWhatHasExpiredOrIsNotYetValid) {
  Spec expired = Leaf();
  expired.end = -absl::Seconds(1);
  EXPECT_EQ(VerifyLeaf(expired), F::kExpired);
  Spec early = Leaf();
  early.begin = absl::Seconds(1);
  EXPECT_EQ(VerifyLeaf(early), F::kNotYetValid);
  Spec issuer = Authority("old");
  issuer.end = -absl::Seconds(1);
  EXPECT_EQ(VerifyUnderIssuer(issuer), F::kExpired);
  const std::vector<std::string> chain = {leaf_.der, intermediate_.der};
  EXPECT_EQ(Verify(chain, kNow + absl::Hours(2)), F::kExpired);
  EXPECT_EQ(Verify(chain, kNow - absl::Hours(2)), F::kNotYetValid);
}

TEST_F(ChainVerifierTest, RefusesOtherNames) {
  Spec other = Leaf();
  other.subject_alt_name = "URI:spiffe://example/signer2,DNS:spiffe.example";
  EXPECT_EQ(VerifyLeaf(other), F::kName);
  Spec none = Leaf();
  none.subject_alt_name = "";
  EXPECT_EQ(VerifyLeaf(none), F::kName);
  // The same text as another kind of name.
  policy_.uris = {"signer.example"};
  EXPECT_EQ(VerifyLeaf(Leaf()), F::kName);
  policy_.dns_names = {"SIGNER.example"};
  EXPECT_EQ(VerifyLeaf(Leaf()), F::kNone);
}

TEST_F(ChainVerifierTest, RefusesLeavesForOtherPurposes) {
  for (const char* usage : {"", "serverAuth", "anyExtendedKeyUsage"}) {
    Spec other = Leaf();
    other.extended_key_usage = usage;
    EXPECT_EQ(VerifyLeaf(other), F::kExtendedKeyUsage) << usage;
  }
  Spec issuer = Authority("tls only");
  issuer.extended_key_usage = "serverAuth";
  EXPECT_EQ(VerifyUnderIssuer(issuer), F::kExtendedKeyUsage);
  Spec no_signatures = Leaf();
  no_signatures.key_usage = "keyEncipherment";
  EXPECT_EQ(VerifyLeaf(no_signatures), F::kKeyUsage);
}

TEST_F(ChainVerifierTest, RefusesALeafThatSignsItselfOrCertificates) {
  EXPECT_EQ(Verify({Certify(Leaf(), nullptr).der}), F::kSelfSigned);
  EXPECT_EQ(Verify({root_.der}), F::kSelfSigned);
  Spec authority = Leaf();
  authority.basic_constraints = "critical,CA:TRUE";
  EXPECT_EQ(VerifyLeaf(authority), F::kLeafIsCa);
}

TEST_F(ChainVerifierTest, RefusesAChainThatLeadsNowhere) {
  EXPECT_EQ(Verify({leaf_.der}), F::kNoPath);
  const Certified foreign = Certify(Authority("foreign"), nullptr);
  EXPECT_EQ(VerifyUnder({foreign.der}, {leaf_.der, intermediate_.der}),
            F::kNoPath);
  EXPECT_EQ(
      VerifyUnder({foreign.der}, {leaf_.der, intermediate_.der, root_.der}),
      F::kNoPath);
  // One of the root's name, with another key.
  const Certified impostor = Certify(Authority("root"), nullptr);
  EXPECT_EQ(VerifyUnder({impostor.der}, {leaf_.der, intermediate_.der}),
            F::kSignature);
}

TEST_F(ChainVerifierTest, RefusesIssuersThatAreNoAuthorities) {
  Spec leaf = Leaf();
  leaf.subject = "no CA";
  EXPECT_EQ(VerifyUnderIssuer(leaf), F::kIssuerNotCa);
  Spec unsaid = Authority("says nothing");
  unsaid.basic_constraints = "";
  EXPECT_EQ(VerifyUnderIssuer(unsaid), F::kIssuerNotCa);
  Spec usage = Authority("signs no certificates");
  usage.key_usage = "digitalSignature";
  EXPECT_EQ(VerifyUnderIssuer(usage), F::kIssuerNotCa);
}

TEST_F(ChainVerifierTest, RefusesPathsThatAreTooLong) {
  Spec narrow = Authority("narrow");
  narrow.basic_constraints = "critical,CA:TRUE,pathlen:0";
  const Certified top = Certify(narrow, &root_);
  const Certified below = Certify(Authority("below"), &top);
  EXPECT_EQ(Verify({Certify(Leaf(), &below).der, below.der, top.der}),
            F::kPathLength);
  EXPECT_EQ(Verify({Certify(Leaf(), &top).der, top.der}), F::kNone);
  // The root's own word counts too.
  const Certified root = Certify(narrow, nullptr);
  const Certified issuer = Certify(Authority("issuer"), &root);
  EXPECT_EQ(VerifyUnder({root.der}, {Certify(Leaf(), &issuer).der, issuer.der}),
            F::kPathLength);
}

TEST_F(ChainVerifierTest, RefusesAnotherOrderAndWhatDoesNotBelong) {
  EXPECT_EQ(Verify({leaf_.der, root_.der, intermediate_.der}), F::kOrder);
  const Certified other = Certify(Authority("other"), &root_);
  EXPECT_EQ(Verify({leaf_.der, intermediate_.der, other.der}), F::kUnrelated);
  EXPECT_EQ(Verify({leaf_.der, other.der}), F::kUnrelated);
  EXPECT_EQ(Verify({leaf_.der, intermediate_.der, root_.der, root_.der}),
            F::kUnrelated);
}

TEST_F(ChainVerifierTest, RefusesWeakKeysAndSignatures) {
  const Certified weak = Certify(Leaf(), &intermediate_, RsaPrivateKey(1024));
  EXPECT_EQ(Verify({weak.der, intermediate_.der}), F::kWeakKey);
  const Certified weak_issuer =
      Certify(Authority("weak"), &root_, RsaPrivateKey(1024));
  EXPECT_EQ(Verify({Certify(Leaf(), &weak_issuer).der, weak_issuer.der}),
            F::kWeakKey);
  Spec sha1 = Leaf();
  sha1.hash = EVP_sha1();
  EXPECT_EQ(VerifyLeaf(sha1), F::kWeakSignature);
}

TEST_F(ChainVerifierTest, RefusesWhatIsNotOneCertificate) {
  EXPECT_EQ(Verify({}), F::kMalformed);
  EXPECT_EQ(Verify({""}), F::kMalformed);
  EXPECT_EQ(Verify({leaf_.der + '\0', intermediate_.der}), F::kMalformed);
  EXPECT_EQ(Verify({leaf_.der, intermediate_.der.substr(1)}), F::kMalformed);
  EXPECT_EQ(Verify(std::vector<std::string>(1000, leaf_.der)), F::kTooLong);
}

TEST_F(ChainVerifierTest, RefusesEveryFlippedBitOfTheLeaf) {
  const auto verifier = ChainVerifier::Create({root_.der}, policy_);
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  for (size_t bit = 0; bit < 8 * leaf_.der.size(); ++bit) {
    std::string der = leaf_.der;
    der[bit / 8] = static_cast<char>(der[bit / 8] ^ (1 << bit % 8));
    EXPECT_NE((*verifier)->Verify({der, intermediate_.der}, kNow, &trusted_),
              F::kNone)
        << "bit " << bit;
  }
}

TEST_F(ChainVerifierTest, RefusesBrokenNameConstraints) {
  Spec issuer = Authority("constrained");
  issuer.name_constraints = "critical,permitted;DNS:elsewhere.example";
  EXPECT_EQ(VerifyUnderIssuer(issuer), F::kExtension);
}

TEST_F(ChainVerifierTest, WantsRootsAndNames) {
  const auto error = [this](const std::vector<std::string>& roots) {
    return std::string(
        ChainVerifier::Create(roots, policy_).status().message());
  };
  EXPECT_EQ(error({}), "there is no root");
  EXPECT_EQ(error({root_.der, "x"}), "root 1: not one X.509 certificate");
  EXPECT_EQ(error({intermediate_.der}),
            "root 0: not the self-signed certificate of an authority (CA)");
  policy_.uris.clear();
  EXPECT_TRUE(
      absl::StartsWith(error({root_.der}), "name the leaf certificates"));
}

}  // namespace
}  // namespace assay::crypto
