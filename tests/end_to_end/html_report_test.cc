// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The HTML report of every worked patient: well-formed, loading nothing, never mixing what is on hold with advice; and,
// in a real browser, as wide as a telephone and its sheet for the patient on one page.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "host/report/report.h"
#include "tests/end_to_end/support/browser.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/page_rules.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Tree = boost::property_tree::ptree;

// What a page is made of.
struct Page {
  std::vector<std::string> tags, ids, targets, faults;
  // Text of all blocks on hold, of the sheet for the patient, and of what is neither. Each element's text, with spaces
  // between elements.
  std::string on_hold, handout, other;
  // Texts that the wording rules apply to: all but the list of sources, which quotes titles.
  v1::Consultation wording;
  std::vector<int> headings;
  int handouts = 0;
};

bool HasClass(const std::string& classes, const std::string& name) {
  return (" " + classes + " ").find(" " + name + " ") != std::string::npos;
}

enum class Place { kOther, kOnHold, kHandout, kSources };

void CheckElement(const std::string& tag, const Tree& element, Page* page) {
  const auto attribute = [&](const char* name) {
    return element.get<std::string>(std::string("<xmlattr>.") + name, "");
  };
  page->tags.push_back(tag);
  if (const std::string id = attribute("id"); !id.empty()) page->ids.push_back(id);
  if (const std::string target = attribute("href"); !target.empty()) page->targets.push_back(target);
  for (const char* name : {"src", "style", "srcset", "onload", "onclick", "xlink:href"}) {
    if (!attribute(name).empty()) page->faults.push_back(tag + " has " + name);
  }
  if (tag == "th" && attribute("scope").empty()) page->faults.push_back("a th without scope");
  if (tag == "svg" && attribute("role") != "img" && attribute("aria-hidden") != "true") {
    page->faults.push_back("a picture without a role");
  }
  if (attribute("role") == "img" && (element.count("title") != 1 || element.count("desc") != 1)) {
    page->faults.push_back("a picture without a name and a description");
  }
  if (tag.size() == 2 && tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6') page->headings.push_back(tag[1] - '0');
}

void Walk(const std::string& tag, const Tree& element, Place place, Page* page) {
  if (tag == "<xmlattr>" || tag == "style") return;
  CheckElement(tag, element, page);
  const std::string classes = element.get<std::string>("<xmlattr>.class", "");
  if (HasClass(classes, "on-hold")) place = Place::kOnHold;
  if (HasClass(classes, "sources")) place = Place::kSources;
  if (HasClass(classes, "handout")) {
    place = Place::kHandout;
    ++page->handouts;
  }
  std::string& text = place == Place::kOnHold ? page->on_hold : place == Place::kHandout ? page->handout : page->other;
  text += " " + element.data();
  if (place != Place::kSources && !element.data().empty()) page->wording.add_notices()->set_message(element.data());
  for (const auto& [name, child] : element) Walk(name, child, place, page);
}

// Throws boost::property_tree::xml_parser_error if the page is not well-formed.
Page Read(const std::string& html) {
  std::istringstream in(html);
  Tree tree;
  boost::property_tree::read_xml(in, tree);
  Page page;
  Walk("html", tree.get_child("html"), Place::kOther, &page);
  return page;
}

struct Report {
  std::string name, case_json, html;
  v1::Consultation consultation;
};

// Of each worked patient that is not refused.
const std::vector<Report>& Reports() {
  static const std::vector<Report>* const reports = [] {
    auto* made = new std::vector<Report>;
    const std::unique_ptr<Host> host = OpenHost(true);
    HtmlOptions options;
    for (const v1::PluginManifest& manifest : host->Manifests()) options.titles[manifest.id()] = manifest.title();
    for (const WorkedCase& one : AllWorkedCases()) {
      Outcome outcome = host->ConsultBytes(one.case_json);
      if (!outcome.consultation) continue;
      made->push_back({one.name, one.case_json, ToHtml(*outcome.consultation, options), *outcome.consultation});
    }
    return made;
  }();
  return *reports;
}

// The section with its tags.
std::string HandoutOf(const std::string& html) {
  const size_t begin = html.find("<section class=\"sheet handout\"");
  return begin == std::string::npos ? "" : html.substr(begin, html.find("</body>") - begin);
}

TEST(HtmlReport, IsWhatTheProgramPrints) {
  for (const Report& report : Reports()) {
    RunOptions input;
    input.stdin_bytes = report.case_json;
    const RunResult run = Condyle({"assess", "-", "--format", "html", "--in-process"}, input);
    ASSERT_EQ(run.exit_code, 0) << report.name << ": " << run.err;
    EXPECT_EQ(run.out.rfind("<!DOCTYPE html>", 0), 0u) << report.name;
    EXPECT_EQ(HandoutOf(run.out), HandoutOf(report.html)) << report.name;
  }
}

TEST(HtmlReport, HasWordsForThePatientForWhatPatientsDo) {
  for (const Report& report : Reports()) {
    for (const v1::Recommendation& r : report.consultation.recommendations()) {
      if (r.category() != "emergency" && r.category() != "safety_net" && r.category() != "activity") continue;
      EXPECT_THAT(r.patient_text(), Not(IsEmpty())) << report.name << ": " << r.id();
    }
  }
}

TEST(HtmlReport, IsWellFormedAndWhole) {
  ASSERT_GE(Reports().size(), 30u);
  for (const Report& report : Reports()) {
    SCOPED_TRACE(report.name);
    ASSERT_NO_THROW(Read(report.html));
    const Page page = Read(report.html);
    EXPECT_THAT(page.faults, IsEmpty());
    EXPECT_EQ(page.handouts, 1);
    const std::set<std::string> ids(page.ids.begin(), page.ids.end());
    EXPECT_EQ(ids.size(), page.ids.size()) << "an id is there twice";
    ExpectSoundOutline(ids, page.targets, page.headings);
  }
}

TEST(HtmlReport, LoadsNothingAndRunsNothing) {
  for (const Report& report : Reports()) {
    SCOPED_TRACE(report.name);
    for (const std::string& tag : Read(report.html).tags) {
      for (const char* loading :
           {"script", "link", "img", "image", "iframe", "object", "embed", "base", "form", "use"}) {
        EXPECT_NE(tag, loading);
      }
    }
    for (const char* loading : {"url(", "@import", "src=", "<script", "<link"}) {
      EXPECT_EQ(report.html.find(loading), std::string::npos) << loading;
    }
  }
}

TEST(HtmlReport, ShowsWithheldAdviceOnlyAsOnHold) {
  int withheld = 0;
  for (const Report& report : Reports()) {
    SCOPED_TRACE(report.name);
    const Page page = Read(report.html);
    std::set<std::string> active;
    for (const v1::Recommendation& r : report.consultation.recommendations()) active.insert(r.text());
    for (const v1::Withheld& w : report.consultation.withheld()) {
      const std::string& text = w.recommendation().text();
      EXPECT_THAT(page.on_hold, HasSubstr(text));
      EXPECT_THAT(page.handout, Not(HasSubstr(text)));
      if (active.count(text) != 0) continue;  // given for one side, stopped for the other
      EXPECT_THAT(page.other, Not(HasSubstr(text)));
      ++withheld;
    }
  }
  EXPECT_GE(withheld, 20);
}

TEST(HtmlReport, SaysNothingForbidden) {
  WordingCheck check(NeverSay());
  for (const Report& report : Reports()) EXPECT_THAT(check.Faults(Read(report.html).wording), IsEmpty()) << report.name;
}

TEST(HtmlReport, SendsUrgentPatientsOnAndGivesThemNoExercises) {
  int urgent = 0;
  for (const Report& report : Reports()) {
    if (report.consultation.urgency() < v1::URGENCY_URGENT) continue;
    ++urgent;
    const std::string handout = Read(report.html).handout;
    EXPECT_THAT(handout, HasSubstr(report.consultation.urgency() == v1::URGENCY_EMERGENCY
                                       ? "Go to an emergency department now."
                                       : "You need to be seen by a clinician soon."))
        << report.name;
    for (const v1::Recommendation& r : report.consultation.recommendations()) {
      if (r.category() != "exercise") continue;
      EXPECT_THAT(handout, Not(HasSubstr(r.text()))) << report.name;
    }
  }
  EXPECT_GE(urgent, 5);
}

// A page whose every word is one that does not fit.
Report LongWords() {
  Report report = Reports().front();
  const std::string word(600, 'w');
  v1::Consultation& c = report.consultation;
  c.set_case_id(word);
  c.set_as_of(word);
  for (v1::Assessment& a : *c.mutable_assessments()) {
    a.set_plugin_id(word);
    a.set_summary(word);
    for (v1::Evidence& e : *a.mutable_evidence()) e.set_key(word);
    for (v1::Conclusion& conclusion : *a.mutable_conclusions()) conclusion.set_text(word);
  }
  for (v1::Differential& line : *c.mutable_differential()) line.mutable_conclusion()->set_text(word);
  for (v1::Recommendation& r : *c.mutable_recommendations()) {
    r.set_text(word);
    r.set_timeframe(word);
  }
  for (v1::NextQuestion& q : *c.mutable_next_questions()) q.set_question(word);
  report.name = "long_words";
  report.html = ToHtml(c);
  return report;
}

TEST_F(Browser, ShowsTheReportOnATelephoneWithoutScrollingSideways) {
  std::vector<ShownPage> pages;
  for (const Report& report : Reports()) pages.push_back({report.name, report.html});
  const Report long_words = LongWords();
  pages.push_back({long_words.name, long_words.html});
  ExpectAsWideAsATelephone(pages, 4);
}

struct Paper {
  const char* name;
  const char* size;
  // In place of the page's own; empty: what of those there is.
  const char* font;
};

class PrintedSheet : public Browser, public ::testing::WithParamInterface<Paper> {};

// All sheets in one document: each begins a page, so there are as many pages as sheets if none runs over.
TEST_P(PrintedSheet, FitsOnOnePage) {
  std::string html = Reports().front().html.substr(0, Reports().front().html.find("<body>"));
  html += std::string("<style>@page handout{size:") + GetParam().size + "}";
  if (*GetParam().font != '\0') html += std::string("body *{font-family:\"") + GetParam().font + "\"!important}";
  html += "</style><body>";
  for (const Report& report : Reports()) {
    ASSERT_NE(HandoutOf(report.html), "") << report.name;
    html += HandoutOf(report.html);
  }
  const std::string pdf = folder_.Path("sheets.pdf");
  const RunResult run = Browse({"--no-pdf-header-footer", "--print-to-pdf=" + pdf,
                                "file://" + folder_.Write("sheets.html", html + "</body></html>")});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(PdfPages(ReadFile(pdf)), Reports().size());
}

// DejaVu Sans is wide, and what a bare Debian has.
INSTANTIATE_TEST_SUITE_P(Paper, PrintedSheet,
                         ::testing::Values(Paper{"A4", "A4", ""}, Paper{"Letter", "letter", ""},
                                           Paper{"A4WideFont", "A4", "DejaVu Sans"},
                                           Paper{"LetterWideFont", "letter", "DejaVu Sans"}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace condyle::tests
