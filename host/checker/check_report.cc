// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Text and SARIF.
#include "host/checker/check_report.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/checker/rules.h"
#include "host/questionnaire/json_writer.h"
#include "host/report/text_layout.h"
#include "host/trust/sha256.h"

namespace condyle::checker {
namespace {

const char* Word(v1::CheckSeverity severity) {
  switch (severity) {
    case v1::CHECK_SEVERITY_ERROR:
      return "error";
    case v1::CHECK_SEVERITY_WARNING:
      return "warning";
    default:
      return "note";
  }
}

TextStyle StyleOf(v1::CheckSeverity severity) {
  switch (severity) {
    case v1::CHECK_SEVERITY_ERROR:
      return TextStyle::kAlarm;
    case v1::CHECK_SEVERITY_WARNING:
      return TextStyle::kWarning;
    default:
      return TextStyle::kFaint;
  }
}

std::string Time(double milliseconds) {
  char text[32];
  std::snprintf(text, sizeof(text), milliseconds < 1000 ? "%.1f ms" : "%.2f s",
                milliseconds < 1000 ? milliseconds : milliseconds / 1000);
  return text;
}

std::string Counted(int count, const char* one) { return absl::StrCat(count, " ", one, count == 1 ? "" : "s"); }

std::string BaseName(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

// The file's name as a relative URI reference.
std::string UriOf(const std::string& path) {
  std::string uri;
  for (const char c : BaseName(path)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("._-~").find(c) != std::string_view::npos;
    char escaped[4];
    std::snprintf(escaped, sizeof(escaped), "%%%02X", static_cast<unsigned char>(c));
    uri += plain ? std::string(1, c) : escaped;
  }
  return uri;
}

std::vector<v1::CheckFinding> WorstFirst(const v1::CheckReport& report) {
  std::vector<v1::CheckFinding> findings(report.findings().begin(), report.findings().end());
  std::stable_sort(findings.begin(), findings.end(),
                   [](const v1::CheckFinding& a, const v1::CheckFinding& b) { return a.severity() > b.severity(); });
  return findings;
}

void AddChecks(const v1::CheckReport& report, TextPage* page) {
  page->Heading("Checks");
  std::string passed;
  for (const v1::CheckOutcome& outcome : report.checks()) {
    switch (outcome.result()) {
      case v1::CHECK_RESULT_PASSED:
        absl::StrAppend(&passed, passed.empty() ? "" : ", ", outcome.check());
        break;
      case v1::CHECK_RESULT_NOT_RUN:
        page->Paragraph("  not run  ", absl::StrCat(outcome.check(), ": ", outcome.reason()), TextStyle::kWarning);
        break;
      default:
        page->Paragraph(outcome.result() == v1::CHECK_RESULT_FAILED ? "  failed   " : "  warned   ", outcome.check());
    }
  }
  if (!passed.empty()) page->Paragraph("  passed   ", passed);
}

}  // namespace

std::string ToText(const v1::CheckReport& report, const CheckTextOptions& options) {
  TextPage page(options.width, options.colour);
  page.Paragraph("",
                 absl::StrCat(report.file(), report.plugin_id().empty() ? "" : ": ", report.plugin_id(),
                              report.plugin_id().empty() ? "" : " ", report.plugin_version()),
                 TextStyle::kBold);
  std::set<std::string> explained;
  for (const v1::CheckFinding& finding : WorstFirst(report)) {
    page.Blank();
    page.Paragraph("",
                   absl::StrCat(Word(finding.severity()), ": ", finding.check(), ": ", finding.what(),
                                finding.where().empty() ? "" : absl::StrCat(" [", finding.where(), "]")),
                   StyleOf(finding.severity()));
    if (finding.severity() == v1::CHECK_SEVERITY_NOTE) continue;
    if (explained.insert(finding.check()).second) page.Paragraph("  why: ", finding.why());
    page.Paragraph("  fix: ", finding.fix());
  }
  AddChecks(report, &page);
  const bool failed = report.errors() > 0 || (options.strict && report.warnings() > 0);
  page.Blank();
  page.Paragraph(
      "",
      absl::StrCat(failed ? "FAILED" : "passed", " at level ", report.level(), ": ", Counted(report.errors(), "error"),
                   ", ", Counted(report.warnings(), "warning"), ", ", Counted(report.checks_size(), "check"), ", seed ",
                   report.seed(), ", ", Time(report.milliseconds())),
      failed ? TextStyle::kAlarm : TextStyle::kBold);
  return page.text();
}

std::string ToSarif(const v1::CheckReport& report) {
  JsonWriter json;
  json.BeginObject();
  json.Member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  json.Member("version", "2.1.0");
  json.Key("runs");
  json.BeginArray();
  json.BeginObject();
  json.Key("tool");
  json.BeginObject();
  json.Key("driver");
  json.BeginObject();
  json.Member("name", "condyle plugins check");
  if (!report.checked_by().empty()) json.Member("version", report.checked_by());
  json.Key("rules");
  json.BeginArray();
  for (const Rule& rule : Rules()) {
    json.BeginObject();
    json.Member("id", rule.id);
    for (const auto& [name, text] : {std::pair("shortDescription", rule.title), std::pair("fullDescription", rule.why),
                                     std::pair("help", rule.fix)}) {
      json.Key(name);
      json.BeginObject();
      json.Member("text", text);
      json.EndObject();
    }
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  json.EndObject();
  json.Key("artifacts");
  json.BeginArray();
  json.BeginObject();
  json.Key("location");
  json.BeginObject();
  json.Member("uri", UriOf(report.file()));
  json.EndObject();
  json.Key("hashes");
  json.BeginObject();
  json.Member("sha-256", report.file_sha256());
  json.EndObject();
  json.EndObject();
  json.EndArray();
  json.Key("results");
  json.BeginArray();
  for (const v1::CheckFinding& finding : report.findings()) {
    json.BeginObject();
    json.Member("ruleId", finding.check());
    json.Key("ruleIndex");
    json.Number(static_cast<double>(FindRule(finding.check()) - Rules().data()));
    json.Member("level", Word(finding.severity()));
    json.Key("message");
    json.BeginObject();
    json.Member("text",
                absl::StrCat(finding.what(), finding.where().empty() ? "" : absl::StrCat(" [", finding.where(), "]"),
                             finding.fix().empty() ? "" : absl::StrCat(". ", finding.fix())));
    json.EndObject();
    json.Key("locations");
    json.BeginArray();
    json.BeginObject();
    json.Key("physicalLocation");
    json.BeginObject();
    json.Key("artifactLocation");
    json.BeginObject();
    json.Member("uri", UriOf(report.file()));
    json.Key("index");
    json.Number(0);
    json.EndObject();
    json.EndObject();
    json.EndObject();
    json.EndArray();
    json.Key("partialFingerprints");
    json.BeginObject();
    json.Member("condyle/v1", Sha256Hex(absl::StrCat(BaseName(report.file()), "\n", finding.check(), "\n",
                                                     finding.what(), "\n", finding.where())));
    json.EndObject();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  json.EndArray();
  json.EndObject();
  return json.Take();
}

}  // namespace condyle::checker
