// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A card for a terminal.
#include <string>

#include "absl/strings/str_cat.h"
#include "host/model_card/attributes.h"
#include "host/model_card/model_card.h"
#include "host/report/text_layout.h"
#include "host/report/words.h"

namespace condyle {
namespace {

void Inputs(const v1::PluginManifest& m, TextPage& page) {
  page.Heading(absl::StrCat("Inputs (", m.inputs_size(), ")"));
  std::string section;
  for (const v1::Input& input : m.inputs()) {
    if (input.section() != section) page.Paragraph("  ", input.section() + ":", TextStyle::kBold);
    section = input.section();
    page.Paragraph("    ", absl::StrCat(input.key(), ": ", ValuesInWords(input)));
    page.Paragraph("      ", input.question());
  }
}

void Citations(const v1::PluginManifest& m, TextPage& page) {
  page.Heading(absl::StrCat("Citations (", m.citations_size(), ")"));
  for (const v1::Citation& c : m.citations()) {
    page.Paragraph("  ", absl::StrCat("[", c.key(), "] ", c.title(), c.locator().empty() ? "" : ", ", c.locator(),
                                      c.url().empty() ? "" : ", ", c.url()));
  }
}

void Attributes(const v1::ModelCard& card, TextPage& page) {
  page.Heading("Source attributes, evidence-based: 45 CFR 170.315(b)(11)(iv)(A)");
  for (const v1::SourceAttribute& attribute : card.source_attributes()) {
    page.Paragraph("  ", absl::StrCat(attribute.number(), ". ", attribute.name(), ": ",
                                      attribute.value().empty() ? "not stated" : attribute.value()));
    if (attribute.contradiction().empty()) continue;
    page.Paragraph("     ", absl::StrCat("Contradiction: ", attribute.contradiction(), "."), TextStyle::kAlarm);
  }
  page.Heading("Source attributes, predictive");
  page.Paragraph("  ", card.predictive_attributes());
}

}  // namespace

std::string ToText(const v1::ModelCard& card, const TextOptions& options) {
  const v1::PluginManifest& m = card.manifest();
  const v1::SourceAttributes& attributes = m.source_attributes();
  TextPage page(options.width, options.colour);
  page.Paragraph("", absl::StrCat(m.id(), " ", m.version(), ": ", m.title()), TextStyle::kBold);
  const auto line = [&page](const std::string& name, const std::string& value) {
    if (!value.empty()) page.Paragraph(absl::StrCat("  ", Padded(name + ":", 16)), value);
  };
  line("Role", InWords(m.role()));
  line("Intended use", m.intended_use());
  line("Users", attributes.intended_users());
  line("Population", attributes.intended_population());
  line("Decision role", attributes.decision_role());
  line("Output", attributes.output_description());
  line("Cautioned use", m.cautioned_use());
  line("Limitations", attributes.known_limitations());
  line("Licence", m.licence());
  line("Guards", Joined(m.guards(), ", "));
  for (const v1::ExpectedScreen& screen : m.expected_screens()) {
    line("Expects screen", absl::StrCat(screen.plugin_id(), ", which guards ", Joined(screen.guards(), ", ")));
  }
  line("Person data", m.uses_age() && m.uses_sex() ? "age, sex"
                      : m.uses_age()               ? "age"
                      : m.uses_sex()               ? "sex"
                                                   : "nothing");
  line("File", card.file_name());
  line("SHA-256", card.file_sha256());
  line("Manifest", card.manifest_sha256());
  line("Signature", card.signature());
  if (options.basis) Inputs(m, page);
  if (m.emits_size() > 0) {
    page.Heading("May recommend");
    page.Paragraph("  ", Joined(m.emits(), ", "));
  }
  Attributes(card, page);
  if (options.basis) Citations(m, page);
  return page.text();
}

}  // namespace condyle
