// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A report of feedback as CSV and JSON; the columns of both have the same names.
#include <cstdio>
#include <functional>

#include "absl/strings/str_cat.h"
#include "host/audit/feedback_report.h"
#include "host/questionnaire/json_writer.h"

namespace condyle {
namespace {

std::string SideOf(const v1::AuditAdvice& advice) {
  switch (advice.side()) {
    case v1::SIDE_LEFT:
      return "left";
    case v1::SIDE_RIGHT:
      return "right";
    default:
      return "";
  }
}

std::string Sequence(uint64_t sequence) { return sequence == 0 ? "" : absl::StrCat(sequence); }

std::string Rate(const FeedbackRate& rate) {
  if (rate.accepted + rate.overridden == 0) return "";
  char text[16];
  std::snprintf(text, sizeof(text), "%.4f", rate.override_rate());
  return text;
}

template <typename Row>
struct Column {
  const char* name;
  std::string (*value)(const Row&);
};

// Intervention, action taken, user feedback, user, date, location; then what leads back to the entries.
const std::vector<Column<FeedbackRow>>& RowColumns() {
  using Row = FeedbackRow;
  static const std::vector<Column<Row>> columns = {
      {"pluginId", [](const Row& r) { return r.intervention.plugin_id(); }},
      {"pluginVersion", [](const Row& r) { return r.intervention.plugin_version(); }},
      {"adviceId", [](const Row& r) { return r.intervention.advice_id(); }},
      {"side", [](const Row& r) { return SideOf(r.intervention); }},
      {"action", [](const Row& r) { return r.action; }},
      {"reasonSystem", [](const Row& r) { return r.feedback.reason_system(); }},
      {"reasonCode", [](const Row& r) { return r.feedback.reason_code(); }},
      {"reasonDisplay", [](const Row& r) { return r.feedback.reason_display(); }},
      {"comment", [](const Row& r) { return r.feedback.comment(); }},
      {"user", [](const Row& r) { return r.user; }},
      {"date", [](const Row& r) { return r.date; }},
      {"location", [](const Row& r) { return r.location; }},
      {"organisation", [](const Row& r) { return r.organisation; }},
      {"recorded", [](const Row& r) { return r.recorded; }},
      {"service", [](const Row& r) { return r.service_id; }},
      {"hook", [](const Row& r) { return r.hook; }},
      {"cardUuid", [](const Row& r) { return r.card_uuid; }},
      {"suggestionUuid", [](const Row& r) { return r.suggestion_uuid; }},
      {"consultation", [](const Row& r) { return Sequence(r.consultation); }},
      {"delivery", [](const Row& r) { return Sequence(r.delivery); }},
      {"report", [](const Row& r) { return Sequence(r.report); }}};
  return columns;
}

const std::vector<Column<FeedbackRate>>& RateColumns() {
  using Row = FeedbackRate;
  static const std::vector<Column<Row>> columns = {
      {"pluginId", [](const Row& r) { return r.plugin_id; }},
      {"pluginVersion", [](const Row& r) { return r.plugin_version; }},
      {"adviceId", [](const Row& r) { return r.advice_id; }},
      {"given", [](const Row& r) { return absl::StrCat(r.given); }},
      {"accepted", [](const Row& r) { return absl::StrCat(r.accepted); }},
      {"overridden", [](const Row& r) { return absl::StrCat(r.overridden); }},
      {"unanswered", [](const Row& r) { return absl::StrCat(r.unanswered()); }},
      {"overrideRate", Rate}};
  return columns;
}

// Spreadsheets take what begins so for a formula, and run it; blanks before it do not stop them.
bool LooksLikeAFormula(std::string_view cell) {
  const size_t begin = cell.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos &&
         (std::string_view("=+-@").find(cell[begin]) != std::string_view::npos || cell[0] == '\t' || cell[0] == '\r');
}

std::string Cell(std::string_view text) {
  std::string cell = "\"";
  if (LooksLikeAFormula(text)) cell += '\'';
  for (const char c : text) cell.append(c == '"' ? 2 : 1, c);
  return cell + '"';
}

template <typename Row>
std::string Csv(const std::vector<Column<Row>>& columns, const std::vector<Row>& rows) {
  std::string csv;
  const auto line = [&](const std::function<std::string(const Column<Row>&)>& cell) {
    for (size_t i = 0; i < columns.size(); ++i) absl::StrAppend(&csv, i == 0 ? "" : ",", Cell(cell(columns[i])));
    absl::StrAppend(&csv, "\r\n");
  };
  line([](const Column<Row>& column) { return std::string(column.name); });
  for (const Row& row : rows) line([&](const Column<Row>& column) { return column.value(row); });
  return csv;
}

template <typename Row>
void Write(const char* key, const std::vector<Column<Row>>& columns, const std::vector<Row>& rows, JsonWriter* json) {
  json->Key(key);
  json->BeginArray();
  for (const Row& row : rows) {
    json->BeginObject();
    for (const Column<Row>& column : columns) {
      if (const std::string value = column.value(row); !value.empty()) json->Member(column.name, value);
    }
    json->EndObject();
  }
  json->EndArray();
}

}  // namespace

std::string FeedbackCsv(const std::vector<FeedbackRow>& rows) { return Csv(RowColumns(), rows); }
std::string RatesCsv(const std::vector<FeedbackRate>& rates) { return Csv(RateColumns(), rates); }

std::string FeedbackJson(const FeedbackReport& report) {
  JsonWriter json;
  json.BeginObject();
  Write("feedback", RowColumns(), report.rows, &json);
  Write("rates", RateColumns(), report.rates, &json);
  json.EndObject();
  return json.Take();
}

}  // namespace condyle
