#include "service/admin/metrics_text.h"

#include <initializer_list>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace assay::service {
namespace {

// The format of https://prometheus.io/docs/instrumenting/exposition_formats:
// a family is its HELP, its TYPE and then all of its samples.
class MetricsWriter {
 public:
  using Labels =
      std::initializer_list<std::pair<absl::string_view, absl::string_view>>;

  void Gauge(absl::string_view name, absl::string_view help) {
    Family(name, "gauge", help);
  }
  void Counter(absl::string_view name, absl::string_view help) {
    Family(name, "counter", help);
  }
  // Of the family that was begun last.
  void Sample(uint64_t value, Labels labels = {}) {
    absl::StrAppend(&text_, family_);
    absl::string_view before = "{";
    for (const auto& label : labels) {
      absl::StrAppend(&text_, before, label.first, "=\"", Escape(label.second),
                      "\"");
      before = ",";
    }
    absl::StrAppend(&text_, labels.size() == 0 ? " " : "} ", value, "\n");
  }

  std::string Take() { return std::move(text_); }

 private:
  static std::string Escape(absl::string_view value) {
    return absl::StrReplaceAll(value,
                               {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}});
  }

  // `help` is ours, and needs no escape.
  void Family(absl::string_view name, absl::string_view type,
              absl::string_view help) {
    family_ = std::string(name);
    absl::StrAppend(&text_, "# HELP ", name, " ", help, "\n# TYPE ", name, " ",
                    type, "\n");
  }

  std::string text_;
  std::string family_;
};

void WriteServer(const ServerStatus& status, MetricsWriter* out) {
  out->Gauge("assay_build_info", "Always 1; the labels tell what runs.");
  out->Sample(1, {{"version", status.version}, {"grpc", status.grpc_version}});
  out->Gauge("assay_start_time_seconds",
             "When the server started, in seconds since the Unix epoch.");
  out->Sample(static_cast<uint64_t>(absl::ToUnixSeconds(status.started_at)));
  out->Gauge("assay_draining", "1 from the begin of a shutdown on, else 0.");
  out->Sample(status.draining ? 1 : 0);
}

void WriteKeySets(const ServerStatus& status, MetricsWriter* out) {
  out->Gauge("assay_key_set_generation",
             "The generation of the keys in use; rises with every change.");
  for (const KeySetStatus& set : status.key_sets) {
    out->Sample(set.generation, {{"key_set", set.name}});
  }
  out->Gauge("assay_key_set_keys", "Keys in use.");
  for (const KeySetStatus& set : status.key_sets) {
    out->Sample(set.num_keys, {{"key_set", set.name}});
  }
  out->Gauge("assay_key_set_skipped_keys",
             "Keys of the files that cannot be used.");
  for (const KeySetStatus& set : status.key_sets) {
    out->Sample(set.num_skipped, {{"key_set", set.name}});
  }
  out->Counter("assay_key_set_loads_total",
               "How loads of the key files ended; after a failed one the old "
               "keys stay in use.");
  for (const KeySetStatus& set : status.key_sets) {
    out->Sample(set.loads.changed,
                {{"key_set", set.name}, {"outcome", "changed"}});
    out->Sample(set.loads.unchanged,
                {{"key_set", set.name}, {"outcome", "unchanged"}});
    out->Sample(set.loads.failed,
                {{"key_set", set.name}, {"outcome", "failed"}});
  }
  out->Gauge("assay_key_set_last_load_failed",
             "1 if the latest load failed, else 0.");
  for (const KeySetStatus& set : status.key_sets) {
    out->Sample(set.loads.last_failed ? 1 : 0, {{"key_set", set.name}});
  }
}

void WriteKernelStates(const ServerStatus& status, MetricsWriter* out) {
  out->Gauge("assay_kernel_on",
             "1 if a batch kernel checks the lane's signatures; 0 if "
             "BoringSSL does.");
  for (const KernelStatus& kernel : status.kernels) {
    out->Sample(kernel.state == KernelState::kOn ? 1 : 0,
                {{"lane", kernel.lane}});
  }
  out->Gauge("assay_kernel_switched_off",
             "1 if the kernel gave a wrong answer and BoringSSL took over, "
             "else 0.");
  for (const KernelStatus& kernel : status.kernels) {
    out->Sample(kernel.state == KernelState::kSwitchedOff ? 1 : 0,
                {{"lane", kernel.lane}});
  }
}

void WriteKernelCounts(const ServerStatus& status, MetricsWriter* out) {
  const struct {
    uint64_t crypto::LaneCounts::*count;
    const char* name;
    const char* help;
  } kFamilies[] = {
      {&crypto::LaneCounts::checks, "assay_kernel_checks_total",
       "Signatures that the kernel judged."},
      {&crypto::LaneCounts::undecided, "assay_kernel_undecided_total",
       "Signatures that the kernel handed on to BoringSSL."},
      {&crypto::LaneCounts::confirmed, "assay_kernel_confirmed_total",
       "Rejections that BoringSSL confirmed."},
      {&crypto::LaneCounts::rechecked, "assay_kernel_rechecked_total",
       "Acceptances that BoringSSL checked again."},
      {&crypto::LaneCounts::mismatches, "assay_kernel_mismatches_total",
       "Answers of the kernel that BoringSSL contradicted."},
  };
  for (const auto& family : kFamilies) {
    out->Counter(family.name, family.help);
    for (const KernelStatus& kernel : status.kernels) {
      out->Sample(kernel.counts.*family.count, {{"lane", kernel.lane}});
    }
  }
}

void WriteTables(const ServerStatus& status, MetricsWriter* out) {
  out->Gauge("assay_tables", "Keys that have a table of multiples.");
  out->Sample(status.tables.tables);
  out->Gauge("assay_table_bytes", "Memory of those tables.");
  out->Sample(status.tables.bytes);
  out->Gauge("assay_table_budget_bytes", "The bound of that memory.");
  out->Sample(status.table_budget_bytes);
  out->Counter("assay_tables_built_total", "Tables built.");
  out->Sample(status.tables.built);
  out->Counter("assay_tables_retired_total",
               "Tables that went for others, or for larger ones.");
  out->Sample(status.tables.retired);
  out->Counter("assay_tables_refused_total",
               "Tables not built for want of room.");
  out->Sample(status.tables.refused);
}

}  // namespace

std::string MetricsText(const ServerStatus& status) {
  MetricsWriter out;
  WriteServer(status, &out);
  WriteKeySets(status, &out);
  WriteKernelStates(status, &out);
  WriteKernelCounts(status, &out);
  WriteTables(status, &out);
  return out.Take();
}

}  // namespace assay::service
