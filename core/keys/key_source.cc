#include "core/keys/key_source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/digest.h"
#include "core/crypto/key_material.h"
#include "core/crypto/pem.h"
#include "core/jose/key_file.h"
#include "core/keys/certificate_keys.h"

namespace assay::keys {
namespace {

// How many skipped keys an error tells about; a set may hold thousands.
constexpr size_t kMaxSkippedInMessage = 8;

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

absl::Status ErrnoStatus(absl::string_view path) {
  return absl::ErrnoToStatus(errno, path);
}

struct KeyFile {
  SecretBytes contents;
  bool readable_by_others = false;
};

// Reads exactly `len` bytes; the file must end there, or it is being written.
absl::StatusOr<SecretBytes> ReadWhole(int fd, size_t len,
                                      const std::string& path) {
  SecretBytes contents(len);
  size_t have = 0;
  char beyond;
  while (true) {
    const bool full = have == len;
    const ssize_t got = full ? read(fd, &beyond, 1)
                             : read(fd, contents.data() + have, len - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(path);
    if (got == 0 && full) return contents;
    if (got == 0 || full) {
      return absl::AbortedError(
          absl::StrCat(path, ": changed while it was read"));
    }
    have += static_cast<size_t>(got);
  }
}

// Size and mode are those of the open file, so that nothing can be swapped in
// between the check and the reading.
absl::StatusOr<KeyFile> ReadKeyFile(const std::string& path,
                                    const Limits& limits) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const FileDescriptor fd(
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (fd.get() < 0) return ErrnoStatus(path);
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return ErrnoStatus(path);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": not a regular file"));
  }
  const size_t len = static_cast<size_t>(info.st_size);
  if (len > limits.max_key_file_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", len, " bytes, but a key file has at most ",
                     limits.max_key_file_bytes));
  }
  auto contents = ReadWhole(fd.get(), len, path);
  if (!contents.ok()) return contents.status();
  KeyFile file;
  file.contents = *std::move(contents);
  file.readable_by_others = (info.st_mode & (S_IRGRP | S_IROTH)) != 0;
  return file;
}

bool HoldsSecrets(const jose::JwkSet& jwks) {
  const auto is_secret = [](const jose::Jwk& jwk) {
    return crypto::HasPrivateNumbers(jwk.material);
  };
  const auto was_secret = [](const jose::SkippedKey& skipped) {
    return skipped.holds_secret;
  };
  return absl::c_any_of(jwks.keys, is_secret) ||
         absl::c_any_of(jwks.skipped, was_secret);
}

absl::Status InFile(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(path, ": ", status.message()));
}

// `*digest` becomes that of all files so far.
absl::StatusOr<jose::JwkSet> LoadKeyFile(const std::string& path,
                                         const KeySource& source,
                                         absl::string_view password,
                                         const Limits& limits,
                                         std::string* digest) {
  auto file = ReadKeyFile(path, limits);
  if (!file.ok()) return file.status();
  *digest = crypto::Sha256(absl::StrCat(*digest, crypto::Sha256(path),
                                        crypto::Sha256(file->contents.view())));
  auto jwks = jose::ParseKeys(file->contents.view(), password, limits);
  if (!jwks.ok()) return InFile(path, jwks.status());
  if (file->readable_by_others && !source.allow_readable_secrets &&
      !jose::IsEncryptedKeyFile(file->contents.view()) && HoldsSecrets(*jwks)) {
    return absl::PermissionDeniedError(absl::StrCat(
        path,
        ": holds private or symmetric keys, but group or others may "
        "read it (chmod 600 it)"));
  }
  for (jose::SkippedKey& skipped : jwks->skipped) {
    skipped.why = InFile(path, skipped.why);
  }
  return jwks;
}

// Appends `from` to `*to`; positions go on counting.
void Append(jose::JwkSet from, jose::JwkSet* to) {
  const size_t offset = to->keys.size() + to->skipped.size();
  for (jose::SkippedKey& skipped : from.skipped) {
    skipped.index += offset;
    to->skipped.push_back(std::move(skipped));
  }
  for (jose::Jwk& jwk : from.keys) to->keys.push_back(std::move(jwk));
}

absl::StatusOr<std::vector<std::string>> ListKeyFolder(
    const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(folder.c_str()),
                                                closedir);
  if (dir == nullptr) return ErrnoStatus(folder);
  std::vector<std::string> files;
  while (true) {
    errno = 0;
    const dirent* const entry = readdir(dir.get());
    // Half a folder would be a key set that lost keys.
    if (entry == nullptr && errno != 0) return ErrnoStatus(folder);
    if (entry == nullptr) break;
    if (!IsKeyFileName(entry->d_name)) continue;
    std::string path = absl::StrCat(folder, "/", entry->d_name);
    struct stat info;
    // A link that leads nowhere is an error, not a key that is gone.
    if (stat(path.c_str(), &info) != 0) return ErrnoStatus(path);
    if (S_ISREG(info.st_mode)) files.push_back(std::move(path));
  }
  absl::c_sort(files);
  return files;
}

// The files that `path` stands for: itself, or the key files of the folder.
absl::StatusOr<std::vector<std::string>> ListKeyFiles(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return ErrnoStatus(path);
  if (S_ISDIR(info.st_mode)) return ListKeyFolder(path);
  return std::vector<std::string>{path};
}

// `*digest` is of the files' names and contents.
absl::StatusOr<jose::JwkSet> LoadFiles(const KeySource& source,
                                       const Limits& limits,
                                       std::string* digest) {
  SecretBytes password;
  if (!source.password_file.empty()) {
    auto read = ReadPasswordFile(source.password_file,
                                 source.allow_readable_secrets, limits);
    if (!read.ok()) return read.status();
    password = *std::move(read);
  }
  jose::JwkSet all;
  for (const std::string& path : source.paths) {
    auto files = ListKeyFiles(path);
    if (!files.ok()) return files.status();
    for (const std::string& file : *files) {
      auto jwks = LoadKeyFile(file, source, password.view(), limits, digest);
      if (!jwks.ok()) return jwks.status();
      Append(*std::move(jwks), &all);
    }
  }
  return all;
}

// Appends the certificates of a PEM file to `*roots`.
absl::Status LoadRoots(const std::string& path, const Limits& limits,
                       std::string* digest, std::vector<std::string>* roots) {
  auto file = ReadKeyFile(path, limits);
  if (!file.ok()) return file.status();
  *digest = crypto::Sha256(
      absl::StrCat(*digest, crypto::Sha256(absl::StrCat("root ", path)),
                   crypto::Sha256(file->contents.view())));
  const auto blocks = crypto::ParsePem(file->contents.view());
  if (blocks.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": holds no root: a PEM file with CERTIFICATE is needed"));
  }
  for (const crypto::PemBlock& block : blocks) {
    if (block.label != "CERTIFICATE") {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": holds ", block.label,
                       ", but a file of roots holds CERTIFICATE alone"));
    }
    if (!block.error.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": ", block.error));
    }
    roots->emplace_back(block.der.view());
  }
  return absl::OkStatus();
}

// `*digest` becomes that of the roots' files, too.
absl::StatusOr<std::unique_ptr<const CertificateKeys>> LoadTrust(
    const CertificateTrust& trust, const Limits& limits, std::string* digest) {
  std::vector<std::string> roots;
  for (const std::string& path : trust.root_files) {
    absl::Status status = LoadRoots(path, limits, digest, &roots);
    if (!status.ok()) return status;
  }
  crypto::ChainPolicy policy = trust.policy;
  policy.max_rsa_modulus_bits = limits.max_rsa_modulus_bits;
  auto verifier = crypto::ChainVerifier::Create(roots, std::move(policy));
  if (!verifier.ok()) {
    return InFile(absl::StrJoin(trust.root_files, ", "), verifier.status());
  }
  return std::make_unique<const CertificateKeys>(*std::move(verifier), limits);
}

std::string WhySkipped(const std::vector<jose::SkippedKey>& skipped) {
  if (skipped.empty()) return "there is none";
  std::string why;
  for (size_t i = 0; i < skipped.size() && i < kMaxSkippedInMessage; ++i) {
    absl::StrAppend(&why, i > 0 ? "; " : "", "key ", skipped[i].index);
    if (!skipped[i].kid.empty()) {
      absl::StrAppend(&why, " (\"", skipped[i].kid, "\")");
    }
    absl::StrAppend(&why, " was skipped: ", skipped[i].why.message());
  }
  if (skipped.size() > kMaxSkippedInMessage) {
    absl::StrAppend(&why, "; and ", skipped.size() - kMaxSkippedInMessage,
                    " more");
  }
  return why;
}

}  // namespace

bool IsKeyFileName(absl::string_view name) {
  if (absl::StartsWith(name, ".")) return false;
  for (absl::string_view suffix : {".jwk", ".jwks", ".json", ".pem", ".der",
                                   ".crt", ".cer", ".key", ".pub"}) {
    if (absl::EndsWith(name, suffix)) return true;
  }
  return false;
}

bool IsOid(absl::string_view text) {
  return absl::StrContains(text, '.') && absl::ascii_isdigit(text.front()) &&
         absl::ascii_isdigit(text.back()) && absl::c_all_of(text, [](char c) {
           return absl::ascii_isdigit(c) || c == '.';
         });
}

absl::StatusOr<std::unique_ptr<KeySet>> LoadKeySet(const KeySource& source,
                                                   const Limits& limits) {
  std::string digest;
  auto jwks = LoadFiles(source, limits, &digest);
  if (!jwks.ok()) return jwks.status();
  auto set = KeySet::Create(source.name, source.use, *std::move(jwks),
                            source.issuers, limits);
  if (!set.ok()) return set;
  // With keys that are all of no use, something is wrong whatever is trusted.
  const bool may_be_empty =
      source.certificate_trust.has_value() && (*set)->skipped().empty();
  if ((*set)->num_keys() == 0 && !may_be_empty) {
    return absl::InvalidArgumentError(
        absl::StrCat("key set \"", source.name,
                     "\" has no usable key: ", WhySkipped((*set)->skipped())));
  }
  if (source.certificate_trust.has_value()) {
    auto trust = LoadTrust(*source.certificate_trust, limits, &digest);
    if (!trust.ok()) return trust.status();
    absl::Status status = (*set)->TrustCertificates(*std::move(trust));
    if (!status.ok()) return status;
  }
  (*set)->set_source_digest(std::move(digest));
  return set;
}

absl::StatusOr<jose::JwkSet> LoadJwks(const KeySource& source,
                                      const Limits& limits) {
  std::string digest;
  return LoadFiles(source, limits, &digest);
}

absl::StatusOr<SecretBytes> ReadPasswordFile(const std::string& path,
                                             bool allow_readable_secrets,
                                             const Limits& limits) {
  auto file = ReadKeyFile(path, limits);
  if (!file.ok()) return file.status();
  if (file->readable_by_others && !allow_readable_secrets) {
    return absl::PermissionDeniedError(absl::StrCat(
        path,
        ": holds a password, but group or others may read it (chmod 600 it)"));
  }
  absl::string_view password = file->contents.view();
  if (!absl::ConsumeSuffix(&password, "\r\n")) {
    absl::ConsumeSuffix(&password, "\n");
  }
  if (password.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": holds no password: it is empty"));
  }
  if (absl::StrContains(password, '\n') ||
      password.size() > kMaxSymmetricKeyBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path,
                     ": holds no password: it must be one line of at "
                     "most ",
                     kMaxSymmetricKeyBytes, " bytes"));
  }
  return SecretBytes(password);
}

}  // namespace assay::keys
