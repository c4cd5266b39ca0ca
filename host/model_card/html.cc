// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Cards as pages.
#include "host/report/html.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/model_card/attributes.h"
#include "host/model_card/model_card.h"
#include "host/report/html_page.h"
#include "host/report/words.h"

namespace condyle {
namespace {

constexpr char kFoot[] =
    "Documentation of decision support, made from what its authors state. It is no statement of compliance with any "
    "rule. Condyle informs; a clinician decides.";

// On top of what all pages have.
constexpr char kStyle[] =
    "dl{margin:0}dt{font-weight:600;margin-top:.6rem}dd{margin:.1rem 0 0}"
    ".card{margin-top:2.4rem}.fault{color:#8c1515;font-weight:700}.inputs{list-style:none;padding:0}"
    ".inputs li{border-left:2px solid #8a96a1;padding-left:.6rem}"
    "@media print{.inputs li,dd{break-inside:avoid}.card+.card{break-before:page}}\n";

// A card while it is written: on a page of its own its title is h1, below a list of all h2.
struct Writing {
  const v1::ModelCard& card;
  const v1::PluginManifest& m;
  int level;
  HtmlWriter& out;

  // "h2": so far below the title.
  std::string Tag(int below) const { return absl::StrCat("h", level + below); }
  // Unique on the page.
  std::string Id(std::string_view part) const { return absl::StrCat(m.id(), "-", std::string(part)); }
};

void Chip(HtmlWriter& out, std::string_view text, std::string_view kind = {}) {
  out.Element("span", text, {{"class", kind.empty() ? "chip" : absl::StrCat("chip ", std::string(kind))}});
  out.Text(" ");
}

// A term and what it says. What is not stated is shown as that.
void Entry(HtmlWriter& out, std::string_view term, const std::string& value) {
  out.Element("dt", term);
  auto said = out.In("dd");
  if (value.empty()) {
    Chip(out, "not stated", "open");
  } else {
    out.Text(value);
  }
}

struct Said {
  std::string_view term;
  const std::string& value;
};

template <size_t N>
void Section(const Writing& w, std::string_view id, std::string_view title, const std::array<Said, N>& entries) {
  const std::string anchor = w.Id(id);
  auto section = w.out.In("section", {{"aria-labelledby", anchor}});
  w.out.Element(w.Tag(1), title, {{"id", anchor}});
  auto list = w.out.In("dl");
  for (const Said& said : entries) Entry(w.out, said.term, said.value);
}

void Head(const Writing& w) {
  HtmlWriter& out = w.out;
  auto header = out.In("header", {{"class", "banner routine"}});
  {
    auto about = out.In("p", {{"class", "about"}});
    out.Element("span", "Condyle plugin");
    out.Element("code", w.m.id());
    out.Element("span", absl::StrCat("version ", w.m.version()));
    out.Element("span", InWords(w.m.role()));
    out.Element("span", absl::StrCat("licence ", w.m.licence()));
  }
  out.Element(w.Tag(0), w.m.title(), {{"id", w.m.id()}});
  int faults = 0;
  for (const v1::SourceAttribute& attribute : w.card.source_attributes()) faults += !attribute.contradiction().empty();
  if (faults > 0) {
    out.Element("p",
                absl::StrCat("The manifest contradicts itself in ", faults, " source attribute", faults > 1 ? "s" : "",
                             ": see the table below."),
                {{"class", "fault"}});
  }
}

void Purpose(const Writing& w) {
  const v1::SourceAttributes& a = w.m.source_attributes();
  Section(w, "purpose", "Purpose",
          std::array{Said{"Intended use", w.m.intended_use()}, Said{"Intended users", a.intended_users()},
                     Said{"Intended population", a.intended_population()}, Said{"Decision role", a.decision_role()},
                     Said{"Output", a.output_description()}});
  Section(w, "caution", "Cautioned use",
          std::array{Said{"Not meant for", w.m.cautioned_use()}, Said{"Known limitations", a.known_limitations()}});
}

// What the host gives of the kind.
void Reads(HtmlWriter& out, const v1::SourceAttribute& attribute) {
  if (attribute.number() < 5) {
    out.Text("-");
  } else if (!attribute.checked()) {
    out.Text("not checked: the manifest cannot tell which inputs are of this kind");
  } else {
    out.Text(attribute.reads().empty() ? "nothing" : Joined(attribute.reads(), ", "));
  }
  if (attribute.contradiction().empty()) return;
  out.Element("p", absl::StrCat("Contradiction: ", attribute.contradiction(), "."), {{"class", "fault"}});
}

void Attributes(const Writing& w) {
  HtmlWriter& out = w.out;
  const std::string anchor = w.Id("attributes");
  auto section = out.In("section", {{"aria-labelledby", anchor}});
  out.Element(w.Tag(1), "Source attributes, evidence-based", {{"id", anchor}});
  out.Element("p", "As 45 CFR 170.315(b)(11)(iv)(A) names and counts them.", {{"class", "lead"}});
  auto table = out.In("table");
  {
    auto head = out.In("thead");
    auto row = out.In("tr");
    for (const char* title : {"Attribute", "As the manifest states it", "What of it the host gives the plugin"}) {
      out.Element("th", title, {{"scope", "col"}});
    }
  }
  auto body = out.In("tbody");
  for (const v1::SourceAttribute& attribute : w.card.source_attributes()) {
    auto row = out.In("tr");
    out.Element("th", absl::StrCat(attribute.number(), ". ", attribute.name()), {{"scope", "row"}});
    {
      auto cell = out.In("td");
      if (attribute.value().empty()) {
        Chip(out, "not stated", "open");
      } else {
        out.Text(attribute.value());
      }
    }
    auto cell = out.In("td");
    Reads(out, attribute);
  }
}

void Predictive(const Writing& w) {
  HtmlWriter& out = w.out;
  const std::string anchor = w.Id("predictive");
  auto section = out.In("section", {{"aria-labelledby", anchor}});
  out.Element(w.Tag(1), "Source attributes, predictive", {{"id", anchor}});
  out.Element("p", w.card.predictive_attributes());
  out.Element("p", "None of these 31 is stated for that reason:", {{"class", "small"}});
  auto list = out.In("ol", {{"class", "columns small"}});
  for (const PredictiveGroup& group : PredictiveGroups()) {
    for (const char* name : group.names) {
      auto item = out.In("li");
      out.Element("span", absl::StrCat(group.title, ": "), {{"class", "faint"}});
      out.Text(name);
    }
  }
}

void Codes(HtmlWriter& out, const char* what, const google::protobuf::RepeatedPtrField<v1::Coding>& codings) {
  if (codings.empty()) return;
  auto line = out.In("p", {{"class", "small"}});
  out.Text(what);
  for (int i = 0; i < codings.size(); ++i) {
    const v1::Coding& coding = codings[i];
    out.Text(absl::StrCat(i > 0 ? "; " : " ", NameOfCodeSystem(coding.system()), " "));
    out.Element("code", coding.code());
    if (!coding.display().empty()) out.Text(absl::StrCat(" ", coding.display()));
  }
}

void Input(const v1::Input& input, HtmlWriter& out) {
  auto item = out.In("li");
  {
    auto line = out.In("p");
    out.Text(absl::StrCat(input.question(), " "));
    out.Element("code", input.key());
  }
  out.Element("p", ValuesInWords(input), {{"class", "small"}});
  Codes(out, "Codes:", input.codings());
  Codes(out, "Present with these conditions:", input.condition_codings());
}

void Inputs(const Writing& w) {
  HtmlWriter& out = w.out;
  const std::string anchor = w.Id("inputs");
  auto section = out.In("section", {{"aria-labelledby", anchor}});
  out.Element(w.Tag(1), absl::StrCat("What it reads: ", w.m.inputs_size(), " inputs"), {{"id", anchor}});
  const char* person = w.m.uses_age() && w.m.uses_sex() ? "age and sex"
                       : w.m.uses_age()                 ? "age"
                       : w.m.uses_sex()                 ? "sex"
                                                        : "nothing";
  out.Element("p", absl::StrCat("Of the person: ", person,
                                ". The host gives it this and the inputs below, and nothing else of the patient."));
  std::vector<std::string> sections;
  for (const v1::Input& input : w.m.inputs()) {
    bool is_new = true;
    for (const std::string& known : sections) is_new = is_new && known != input.section();
    if (is_new) sections.push_back(input.section());
  }
  for (const std::string& name : sections) {
    auto block = out.In("div", {{"class", "group"}});
    out.Element(w.Tag(2), name.empty() ? "Others" : NameOfId(name));
    auto list = out.In("ul", {{"class", "inputs"}});
    for (const v1::Input& input : w.m.inputs()) {
      if (input.section() == name) Input(input, out);
    }
  }
}

void Effects(const Writing& w) {
  HtmlWriter& out = w.out;
  const std::string anchor = w.Id("effects");
  auto section = out.In("section", {{"aria-labelledby", anchor}});
  out.Element(w.Tag(1), "What it can do", {{"id", anchor}});
  auto list = out.In("dl");
  Entry(out, "May recommend", w.m.emits().empty() ? "nothing" : Joined(w.m.emits(), ", "));
  Entry(out, "Guards: held while it gives no answer", w.m.guards().empty() ? "nothing" : Joined(w.m.guards(), ", "));
  for (const v1::ExpectedScreen& screen : w.m.expected_screens()) {
    Entry(out, absl::StrCat("Expects the safety screen ", screen.plugin_id()),
          absl::StrCat("which guards ", Joined(screen.guards(), ", ")));
  }
}

void Citations(const Writing& w) {
  HtmlWriter& out = w.out;
  const std::string anchor = w.Id("citations");
  auto section = out.In("section", {{"aria-labelledby", anchor}});
  out.Element(w.Tag(1), absl::StrCat("Sources: ", w.m.citations_size()), {{"id", anchor}});
  auto list = out.In("ul", {{"class", "columns small sources"}});
  for (const v1::Citation& citation : w.m.citations()) {
    auto item = out.In("li");
    out.Element("b", citation.key());
    out.Text(" " + Sentence(citation.title()));
    if (!citation.locator().empty()) out.Text(" " + Sentence(citation.locator()));
    if (citation.url().empty()) continue;
    out.Text(" ");
    const std::string address = LinkAddress(citation.url());
    if (address.empty()) {
      out.Text(citation.url());
    } else {
      out.Element("a", citation.url(), {{"href", address}, {"rel", "noopener noreferrer"}});
    }
  }
}

void File(const Writing& w) {
  const std::string anchor = w.Id("file");
  auto section = w.out.In("section", {{"class", "receipt"}, {"aria-labelledby", anchor}});
  w.out.Element(w.Tag(1), "File", {{"id", anchor}});
  auto list = w.out.In("dl");
  for (const Said& said :
       std::array{Said{"Name", w.card.file_name()}, Said{"SHA-256", w.card.file_sha256()},
                  Said{"SHA-256 of the manifest", w.card.manifest_sha256()}, Said{"Signature", w.card.signature()}}) {
    w.out.Element("dt", said.term);
    auto value = w.out.In("dd");
    w.out.Element("code", said.value.empty() ? "not known" : said.value);
  }
}

void WriteCard(const v1::ModelCard& card, int level, HtmlWriter& out) {
  const Writing w{card, card.manifest(), level, out};
  auto article = out.In("article", {{"class", level == 1 ? "" : "card"}, {"aria-labelledby", w.m.id()}});
  Head(w);
  Purpose(w);
  Attributes(w);
  Inputs(w);
  Effects(w);
  Citations(w);
  Predictive(w);
  File(w);
}

// A whole page; body(out) writes its main part.
template <typename Body>
std::string Page(const std::string& title, const Body& body) {
  HtmlWriter out;
  out.Markup("<!DOCTYPE html>\n");
  {
    auto html = out.In("html", {{"lang", "en"}, {"xmlns", "http://www.w3.org/1999/xhtml"}});
    WriteHead(title, absl::StrCat(PageStyle(kFoot, "Condyle"), kStyle), out);
    auto whole = out.In("body");
    auto sheet = out.In("div", {{"class", "sheet"}});
    {
      auto main = out.In("main");
      body(out);
    }
    auto footer = out.In("footer");
    out.Element("p", kFoot, {{"class", "disclaimer"}});
  }
  return out.Take();
}

void Index(const v1::ModelCards& cards, const std::string& link_prefix, HtmlWriter& out) {
  out.Element("h1", "Plugins and their source attributes");
  auto list = out.In("ul", {{"class", "rows"}});
  for (const v1::ModelCard& card : cards.cards()) {
    const v1::PluginManifest& m = card.manifest();
    auto item = out.In("li", {{"class", "row"}});
    {
      auto line = out.In("p");
      out.Element("a", m.title(), {{"href", link_prefix + m.id()}});
      out.Text(" ");
      out.Element("span", absl::StrCat(m.id(), " ", m.version(), ", ", InWords(m.role())), {{"class", "faint"}});
    }
    out.Element("p", m.intended_use(), {{"class", "small"}});
  }
}

}  // namespace

std::string ToHtml(const v1::ModelCard& card) {
  return Page(absl::StrCat(card.manifest().title(), ", Condyle"), [&](HtmlWriter& out) { WriteCard(card, 1, out); });
}

std::string ToHtml(const v1::ModelCards& cards) {
  return Page("Plugins, Condyle", [&](HtmlWriter& out) {
    Index(cards, "#", out);
    for (const v1::ModelCard& card : cards.cards()) WriteCard(card, 2, out);
  });
}

std::string ToHtmlIndex(const v1::ModelCards& cards, const std::string& link_prefix) {
  return Page("Plugins, Condyle", [&](HtmlWriter& out) { Index(cards, link_prefix, out); });
}

}  // namespace condyle
