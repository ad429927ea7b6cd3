#include "service/cli/trust_flags.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace assay::cli {
namespace {

absl::Status AddName(absl::string_view text, keys::CertificateTrust* trust) {
  absl::string_view name = text;
  std::vector<std::string>* names = nullptr;
  if (absl::ConsumePrefix(&name, "dns:")) {
    names = &trust->policy.dns_names;
  } else if (absl::ConsumePrefix(&name, "uri:")) {
    names = &trust->policy.uris;
  } else if (absl::ConsumePrefix(&name, "email:")) {
    names = &trust->policy.emails;
  }
  if (names == nullptr || name.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--x5c-name \"", text,
                     "\" is none of dns:NAME, uri:URI and email:ADDRESS"));
  }
  names->emplace_back(name);
  return absl::OkStatus();
}

absl::Status CheckComplete(const TrustFlags& flags) {
  if (flags.root_files.empty()) {
    return absl::InvalidArgumentError(
        "--x5c-name and --x5c-eku say which certificates of a root are "
        "trusted: give --trust-x5c-root FILE too");
  }
  if (flags.names.empty()) {
    return absl::InvalidArgumentError(
        "--trust-x5c-root needs --x5c-name dns:NAME, uri:URI or email:ADDRESS: "
        "else every certificate of the root would be trusted");
  }
  return absl::OkStatus();
}

}  // namespace

void AddTrustFlags(CLI::App* app, TrustFlags* flags) {
  app->add_option("--trust-x5c-root", flags->root_files,
                  "PEM file of roots: a token may bring the certificates of "
                  "its key along (x5c) if they lead to one of these; repeat "
                  "the flag for further files. Without it, x5c is ignored")
      ->allow_extra_args(false)
      ->type_name("FILE");
  app->add_option("--x5c-name", flags->names,
                  "A name that the leaf certificate may bear, exactly: "
                  "dns:NAME, uri:URI or email:ADDRESS; one of those given "
                  "must be there")
      ->allow_extra_args(false)
      ->type_name("NAME");
  app->add_option("--x5c-eku", flags->extended_key_usages,
                  "A purpose (extended key usage) that the leaf certificate "
                  "must be for, such as 1.3.6.1.5.5.7.3.3; all those given")
      ->allow_extra_args(false)
      ->type_name("OID");
}

absl::StatusOr<absl::optional<keys::CertificateTrust>> MakeTrust(
    const TrustFlags& flags) {
  if (!flags.given()) return absl::optional<keys::CertificateTrust>();
  absl::Status status = CheckComplete(flags);
  if (!status.ok()) return status;
  keys::CertificateTrust trust;
  trust.root_files = flags.root_files;
  for (const std::string& name : flags.names) {
    status = AddName(name, &trust);
    if (!status.ok()) return status;
  }
  for (const std::string& oid : flags.extended_key_usages) {
    if (keys::IsOid(oid)) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "--x5c-eku \"", oid, "\" is no OID such as 1.3.6.1.5.5.7.3.3"));
  }
  trust.policy.extended_key_usages = flags.extended_key_usages;
  return absl::make_optional(std::move(trust));
}

}  // namespace assay::cli
