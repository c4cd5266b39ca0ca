// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The end of the page: sources, notices, versions, and what candidate plugins would have said.
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "host/report/html_parts.h"
#include "host/report/words.h"

namespace condyle {
namespace {

void Hash(HtmlReport& report, const char* name, const std::string& hash) {
  if (hash.empty()) return;
  report.out.Text(absl::StrCat(" ", name, " "));
  report.out.Element("code", hash);
}

}  // namespace

void WriteSources(HtmlReport& report) {
  const v1::Consultation& c = report.c;
  if (c.citations().empty()) return;
  HtmlWriter& out = report.out;
  auto section = out.In("section", {{"aria-labelledby", "sources"}});
  Heading(report, "h2", "Sources", "sources");
  auto list = out.In("ul", {{"class", "columns small sources"}});
  for (int i = 0; i < c.citations_size(); ++i) {
    const v1::Citation& s = c.citations(i);
    auto item = out.In("li", {{"id", absl::StrCat("source-", i + 1)}});
    out.Element("b", s.key());
    out.Text(" " + Sentence(s.title()));
    if (!s.locator().empty()) out.Text(" " + Sentence(s.locator()));
    if (s.url().empty()) continue;
    out.Text(" ");
    const std::string address = LinkAddress(s.url());
    if (address.empty()) {
      out.Text(s.url());
    } else {
      out.Element("a", s.url(), {{"href", address}, {"rel", "noopener noreferrer"}});
    }
  }
}

void WriteNotices(HtmlReport& report) {
  if (report.c.notices().empty()) return;
  HtmlWriter& out = report.out;
  auto section = out.In("section", {{"aria-labelledby", "notices"}});
  Heading(report, "h2", "Notices on the input", "notices");
  auto list = out.In("ul");
  for (const v1::Notice& n : report.c.notices()) {
    auto item = out.In("li");
    if (!n.path().empty()) {
      out.Element("code", n.path());
      out.Text(" ");
    }
    out.Text(n.message());
  }
}

void WriteReceipt(HtmlReport& report) {
  if (!report.c.has_receipt()) return;
  const v1::Receipt& receipt = report.c.receipt();
  HtmlWriter& out = report.out;
  auto section = out.In("section", {{"class", "receipt"}, {"aria-labelledby", "receipt"}});
  Heading(report, "h2", "Receipt", "receipt");
  {
    auto line = out.In("p");
    out.Text(absl::StrCat("condyle ", receipt.host_version(), "."));
    Hash(report, "Program", receipt.host_sha256());
    Hash(report, "Case", receipt.case_sha256());
  }
  auto list = out.In("ul");
  for (const v1::PluginRun& run : receipt.plugins()) {
    auto item = out.In("li");
    out.Element("b", absl::StrCat(run.plugin_id(), " ", run.plugin_version()));
    if (!run.isolation().empty()) {
      const bool none = run.sandbox().empty() || run.sandbox() == "none";
      out.Text(absl::StrCat(" (", run.isolation(), none ? "" : ", sandbox ", none ? "" : run.sandbox(), ")"));
    }
    Hash(report, "File", run.file_sha256());
    Hash(report, "Manifest", run.manifest_sha256());
    Hash(report, "Request", run.request_sha256());
    Hash(report, "Answer", run.response_sha256());
  }
}

void WriteShadow(HtmlReport& report) {
  if (report.c.shadow().empty()) return;
  HtmlWriter& out = report.out;
  auto section = out.In("section", {{"class", "on-hold"}, {"aria-labelledby", "shadow"}});
  Heading(report, "h2", "Candidate plugins, for comparison: this is not advice", "shadow");
  for (const v1::ShadowRun& run : report.c.shadow()) {
    auto block = out.In("div", {{"class", "group"}});
    Heading(report, "h3",
            absl::StrCat(run.plugin_id(), ": ",
                         run.current_version().empty() ? "no current version" : run.current_version(),
                         " beside candidate ", run.candidate_version()));
    if (run.has_failure()) {
      out.Element("p", absl::StrCat("The candidate gave NO ANSWER (", InWords(run.failure().kind()),
                                    "): ", run.failure().message()));
      continue;
    }
    out.Element("p", run.differences().empty() ? std::string("The same answer.")
                                               : absl::StrCat("Fields that differ: ", run.differences_size(),
                                                              ". They are in the JSON output."));
    if (run.differences().empty()) continue;
    auto list = out.In("ul", {{"class", "small"}});
    for (const v1::Difference& d : run.differences()) {
      auto item = out.In("li");
      out.Element("code", d.path());
    }
  }
}

}  // namespace condyle
