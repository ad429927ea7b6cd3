#include "service/admin/status_page.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace assay::service {
namespace {

constexpr char kHead[] = R"(<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>assayd</title>
<style>
body { font-family: sans-serif; margin: 2em; }
table { border-collapse: collapse; }
th, td { border: 1px solid #999; padding: 0.2em 0.6em; text-align: left; }
</style></head>
<body>
<h1>assayd</h1>
)";

std::string Escape(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"},
                                    {"<", "&lt;"},
                                    {">", "&gt;"},
                                    {"\"", "&quot;"},
                                    {"'", "&#39;"}});
}

// A table whose cells are text, not HTML.
class TableWriter {
 public:
  using Cells = std::vector<std::string>;

  TableWriter(absl::string_view title, const Cells& header, std::string* out)
      : out_(*out) {
    absl::StrAppend(&out_, "<h2>", title, "</h2>\n<table>\n");
    WriteRow("th", header);
  }
  ~TableWriter() { absl::StrAppend(&out_, "</table>\n"); }
  TableWriter(const TableWriter&) = delete;
  TableWriter& operator=(const TableWriter&) = delete;

  void Row(const Cells& cells) { WriteRow("td", cells); }

 private:
  void WriteRow(absl::string_view element, const Cells& cells) {
    absl::StrAppend(&out_, "<tr>");
    for (const std::string& cell : cells) {
      absl::StrAppend(&out_, "<", element, ">", Escape(cell), "</", element,
                      ">");
    }
    absl::StrAppend(&out_, "</tr>\n");
  }

  std::string& out_;
};

std::string Moment(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone());
}

std::string Mib(size_t bytes) {
  return absl::StrFormat("%.1f", static_cast<double>(bytes) / (1 << 20));
}

std::string StateText(const KernelStatus& kernel) {
  switch (kernel.state) {
    case KernelState::kOn:
      return "on";
    case KernelState::kSwitchedOff:
      return absl::StrCat("SWITCHED OFF: it ", kernel.fault);
    case KernelState::kNotUsed:
      return "off, as configured";
    case KernelState::kNone:
      return "not on this machine";
  }
  return "";
}

void WriteServer(const ServerStatus& status, std::string* out) {
  TableWriter table("Server", {"version", "gRPC", "started", "up", "state"},
                    out);
  table.Row({status.version, status.grpc_version, Moment(status.started_at),
             absl::FormatDuration(
                 absl::Trunc(status.now - status.started_at, absl::Seconds(1))),
             status.draining ? "draining" : "serving"});
}

void WriteListeners(const ServerStatus& status, std::string* out) {
  TableWriter table("Listeners", {"address", "TLS"}, out);
  for (const ListenerStatus& listener : status.listeners) {
    table.Row({listener.address, listener.tls ? "yes" : "no"});
  }
}

void WriteKeySets(const ServerStatus& status, std::string* out) {
  TableWriter table("Key sets",
                    {"name", "generation", "keys", "keys skipped",
                     "loads that failed", "latest load"},
                    out);
  for (const KeySetStatus& set : status.key_sets) {
    table.Row({set.name, absl::StrCat(set.generation),
               absl::StrCat(set.num_keys), absl::StrCat(set.num_skipped),
               absl::StrCat(set.loads.failed),
               set.loads.last_failed ? "FAILED: old keys in use" : "good"});
  }
}

void WriteKernels(const ServerStatus& status, std::string* out) {
  TableWriter table(
      "Kernels",
      {"lane", "state", "checks", "left undecided", "rejections confirmed",
       "acceptances rechecked", "mismatches"},
      out);
  for (const KernelStatus& kernel : status.kernels) {
    const crypto::LaneCounts& counts = kernel.counts;
    table.Row({kernel.lane, StateText(kernel), absl::StrCat(counts.checks),
               absl::StrCat(counts.undecided), absl::StrCat(counts.confirmed),
               absl::StrCat(counts.rechecked),
               absl::StrCat(counts.mismatches)});
  }
}

void WriteTables(const ServerStatus& status, std::string* out) {
  TableWriter table("Tables of hot keys",
                    {"tables", "MiB", "of at most", "built", "retired",
                     "refused for want of room"},
                    out);
  table.Row({absl::StrCat(status.tables.tables), Mib(status.tables.bytes),
             Mib(status.table_budget_bytes), absl::StrCat(status.tables.built),
             absl::StrCat(status.tables.retired),
             absl::StrCat(status.tables.refused)});
}

}  // namespace

std::string StatusPage(const ServerStatus& status) {
  std::string page = kHead;
  WriteServer(status, &page);
  WriteListeners(status, &page);
  WriteKeySets(status, &page);
  WriteKernels(status, &page);
  WriteTables(status, &page);
  absl::StrAppend(&page, "</body></html>\n");
  return page;
}

}  // namespace assay::service
