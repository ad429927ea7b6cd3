#include "service/cli/keygen_command.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/secret_bytes.h"
#include "core/jose/algorithm.h"
#include "core/jose/encrypted_key_file.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/jwk.h"
#include "core/jose/jwk_generation.h"
#include "service/cli/algorithm_flag.h"
#include "service/cli/diagnostics.h"
#include "service/cli/exit_code.h"
#include "service/cli/jwe_flags.h"
#include "service/cli/key_flags.h"

namespace assay::cli {
namespace {

constexpr char kCommand[] = "keygen";

constexpr char kExamples[] = R"(Examples:
  assay keygen --alg ES256 --out signing.jwk      # mode 0600, never overwrites
  assay keygen --alg RS256 --bits 3072 --kid 2026-01 > signing.jwk
  assay keygen --alg EdDSA | assay jwks public -  # only the public half stays
  assay keygen --alg ECDH-ES+A256KW --crv X25519 --out private.jwk  # decrypts
  assay keygen --alg dir --enc A256GCM --out secret.jwk
  assay keygen --alg ES256 --encrypt-with-password-file password.txt \
      --out signing.jwe.key                       # a JWE; see --password-file

The key is private: who has it can make tokens, or read those that were encrypted
for it. Hand out only what `assay jwks public` prints. HS256, HS384, HS512, dir
and algorithms of the AES and PBES2 families have no public half: who verifies
or encrypts with such a key can sign or decrypt with it too.)";

struct Flags {
  std::string alg;
  std::string kid;
  int bits = 0;
  std::string crv;
  std::string enc;
  std::string out;
  std::string password_file;  // Empty: the key is not encrypted.
};

absl::Status CheckBits(const Flags& flags, bool is_rsa) {
  if (flags.bits != 0 && !is_rsa) {
    return absl::InvalidArgumentError(
        absl::StrCat("--bits is for RSA keys; those of ", flags.alg,
                     " have one size, so leave it out"));
  }
  const int max_bits = Limits().max_rsa_modulus_bits;
  if (flags.bits != 0 && (flags.bits < kMinRsaModulusBits ||
                          flags.bits > max_bits || flags.bits % 256 != 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--bits ", flags.bits, ": must be a multiple of 256 from ",
                     kMinRsaModulusBits, " to ", max_bits));
  }
  return absl::OkStatus();
}

absl::StatusOr<jose::Jwk> GenerateForSignatures(const Flags& flags) {
  const absl::StatusOr<jose::Algorithm> algorithm = ParseAlgorithm(flags.alg);
  if (!algorithm.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        algorithm.status().message(), "; to encrypt, ", KeyManagementNames()));
  }
  const absl::Status status = CheckBits(
      flags, jose::InfoOf(*algorithm).key_type == jose::KeyType::kRsa);
  if (!status.ok()) return status;
  if (!flags.crv.empty() || !flags.enc.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--crv is for the ECDH-ES family and --enc for dir; ",
                     flags.alg, " has no choice of either, so leave them out"));
  }
  return jose::GenerateJwk(*algorithm, flags.kid, flags.bits);
}

absl::Status ReadCurve(const Flags& flags, jose::KeyManagementFamily family,
                       jose::EncryptionKeyShape* shape) {
  if (flags.crv.empty()) return absl::OkStatus();
  if (family != jose::KeyManagementFamily::kEcdhEs &&
      family != jose::KeyManagementFamily::kEcdhEsKeyWrap) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--crv is for the ECDH-ES family; leave it out for ", flags.alg));
  }
  shape->crv = flags.crv;
  return absl::OkStatus();
}

absl::Status ReadEnc(const Flags& flags, jose::KeyManagement alg,
                     jose::EncryptionKeyShape* shape) {
  const bool is_dir = alg == jose::KeyManagement::kDir;
  if (flags.enc.empty() && !is_dir) return absl::OkStatus();
  if (flags.enc.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a secret for dir has the length that its content encryption asks "
        "for: give --enc, one of ",
        ContentAlgorithmNames()));
  }
  if (!is_dir) {
    return absl::InvalidArgumentError(
        absl::StrCat("--enc is for dir; with ", flags.alg,
                     " it is chosen for each token, so leave it out"));
  }
  const auto enc = ParseContentAlgorithm(flags.enc);
  if (!enc.ok()) return enc.status();
  shape->enc = *enc;
  return absl::OkStatus();
}

absl::StatusOr<jose::Jwk> GenerateForEncryption(const Flags& flags,
                                                jose::KeyManagement alg) {
  const jose::KeyManagementFamily family = jose::InfoOf(alg).family;
  jose::EncryptionKeyShape shape;
  absl::Status status =
      CheckBits(flags, family == jose::KeyManagementFamily::kRsaOaep);
  if (status.ok()) status = ReadCurve(flags, family, &shape);
  if (status.ok()) status = ReadEnc(flags, alg, &shape);
  if (!status.ok()) return status;
  shape.rsa_modulus_bits = flags.bits;
  return jose::GenerateEncryptionJwk(alg, shape, flags.kid);
}

absl::StatusOr<jose::Jwk> GenerateKey(const Flags& flags) {
  const jose::KeyManagement alg = jose::KeyManagementFromName(flags.alg);
  return alg == jose::KeyManagement::kUnspecified
             ? GenerateForSignatures(flags)
             : GenerateForEncryption(flags, alg);
}

// The JWK as a file holds it, encrypted or not; the caller wipes it.
absl::StatusOr<std::string> TextOf(const jose::Jwk& jwk,
                                   const std::string& password_file) {
  std::string json = jose::WritePrivateJwk(jwk);
  if (password_file.empty()) return json;
  const absl::StatusOr<SecretBytes> password =
      LoadPassword(password_file, Limits());
  absl::StatusOr<std::string> jwe;
  if (password.ok()) {
    jwe = jose::EncryptJwk(json, password->view(), Limits());
  } else {
    jwe = password.status();
  }
  WipeString(&json);
  return jwe;
}

// The key and a line end; the caller wipes it.
absl::StatusOr<std::string> Generate(const Flags& flags) {
  const absl::StatusOr<jose::Jwk> jwk = GenerateKey(flags);
  if (!jwk.ok()) return jwk.status();
  absl::StatusOr<std::string> written = TextOf(*jwk, flags.password_file);
  if (!written.ok()) return written.status();
  std::string& text = *written;
  // Keeps the only copy: appending could leave one behind in a freed buffer.
  std::string line;
  line.reserve(text.size() + 1);
  line.append(text).push_back('\n');
  WipeString(&text);
  return line;
}

// `> FILE` makes a file that others may read under the usual umask. The key in
// it is ours, so the file becomes private before the key is in it.
void MakeStdoutPrivate() {
  struct stat info;
  if (fstat(STDOUT_FILENO, &info) != 0 || !S_ISREG(info.st_mode)) return;
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) == 0) return;
  if (fchmod(STDOUT_FILENO, info.st_mode & S_IRWXU) == 0) {
    Say(kCommand,
        "the output file holds a private key now, so it has been made "
        "readable by you alone");
  } else {
    Say(kCommand,
        "warning: others may read the output file, which holds a private key; "
        "make it yours alone with `chmod 600 FILE`");
  }
}

absl::Status WriteNewFile(const std::string& path, absl::string_view text) {
  const int fd =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST) {
    return absl::AlreadyExistsError(absl::StrCat(
        path,
        " exists, and may hold a key that is in use; choose another "
        "name, or remove it first"));
  }
  if (fd < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat(path, ": cannot create"));
  }
  absl::Status status = WriteAll(fd, text);
  if (close(fd) != 0 && status.ok()) {
    status = absl::ErrnoToStatus(errno, "cannot write");
  }
  return status.ok() ? status : Annotate(path, status);
}

int Run(const Flags& flags) {
  absl::StatusOr<std::string> line = Generate(flags);
  if (!line.ok()) return Fail(kCommand, line.status());
  absl::Status status;
  if (flags.out.empty()) {
    MakeStdoutPrivate();
    status = WriteAll(STDOUT_FILENO, *line);
    if (!status.ok()) status = Annotate("standard output", status);
  } else {
    status = WriteNewFile(flags.out, *line);
  }
  WipeString(&*line);
  return status.ok() ? kExitOk : Fail(kCommand, status);
}

}  // namespace

Subcommand AddKeygenCommand(CLI::App* root) {
  auto flags = std::make_shared<Flags>();
  CLI::App* app =
      root->add_subcommand(kCommand, "Make a fresh private key (a JWK)");
  app->footer(kExamples);
  app->add_option("--alg", flags->alg,
                  "What the key is for. To sign: " + AlgorithmNames() +
                      ". To encrypt: " + KeyManagementNames())
      ->required()
      ->type_name("A");
  app->add_option("--kid", flags->kid,
                  "The key's identifier; default its RFC 7638 thumbprint")
      ->type_name("K");
  app->add_option("--bits", flags->bits, "Size of an RSA key; default 2048")
      ->type_name("N");
  app->add_option("--crv", flags->crv,
                  "Curve of a key of the ECDH-ES family: P-256 (the default), "
                  "P-384, P-521 or X25519")
      ->type_name("C");
  app->add_option("--enc", flags->enc,
                  "The content encryption that a secret for dir is for")
      ->type_name("E");
  app->add_option("--out", flags->out,
                  "Write to this new file, readable by you alone; default "
                  "standard output")
      ->type_name("FILE");
  app->add_option("--encrypt-with-password-file", flags->password_file,
                  "Encrypt the key (PBES2) under the password that is the only "
                  "line of this file, which you alone may read; or - for "
                  "standard input. Commands that read the key take "
                  "--password-file")
      ->type_name("FILE");
  return {app, [flags] { return Run(*flags); }};
}

}  // namespace assay::cli
