// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The narrative says what the text report says, and is well-formed whatever the texts are.
#include <gtest/gtest.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>
#include <string>

#include "host/report/report.h"

namespace condyle {
namespace {

v1::Consultation Odd() {
  v1::Consultation c;
  c.set_case_id("<script>&\"'\x1b[2J");
  c.set_as_of("2026-05-01T09:00:00Z");
  c.set_urgency(v1::URGENCY_URGENT);
  c.set_disclaimer("Check <each> line.");
  v1::Assessment* a = c.add_assessments();
  a->set_plugin_id("screen");
  a->set_summary("5 < 6 & 7 > 6");
  a->add_caveats("]]> --> </div>");
  v1::PluginFailure* failure = c.add_plugin_failures();
  failure->set_plugin_id("other");
  failure->set_message("it crashed");
  return c;
}

void AppendText(const boost::property_tree::ptree& tree, std::string* text) {
  for (const auto& [name, child] : tree) {
    if (name == "<xmlattr>") continue;
    *text += child.data();
    AppendText(child, text);
  }
}

TEST(Narrative, IsOneWellFormedElementThatSaysAll) {
  const std::string xhtml = ToXhtml(Odd());
  std::istringstream in(xhtml);
  boost::property_tree::ptree tree;
  ASSERT_NO_THROW(boost::property_tree::read_xml(in, tree)) << xhtml;
  ASSERT_EQ(tree.size(), 1u);
  EXPECT_EQ(tree.get<std::string>("div.<xmlattr>.xmlns"), "http://www.w3.org/1999/xhtml");
  std::string said;
  AppendText(tree, &said);
  for (const char* text : {"<script>&\"' [2J", "Check <each> line.", "5 < 6 & 7 > 6", "]]> --> </div>", "URGENT",
                           "other gave NO ANSWER", "it crashed"}) {
    EXPECT_NE(said.find(text), std::string::npos) << text << "\n" << said;
  }
}

TEST(Narrative, HasOnlyWhatFhirAllows) {
  const std::string xhtml = ToXhtml(Odd());
  for (size_t at = xhtml.find('<'); at != std::string::npos; at = xhtml.find('<', at + 1)) {
    const std::string tag = xhtml.substr(at + 1, xhtml.find_first_of(" >", at) - at - 1);
    EXPECT_TRUE(tag == "div" || tag == "/div" || tag == "p" || tag == "/p" || tag == "h3" || tag == "/h3" ||
                tag == "b" || tag == "/b")
        << tag;
  }
}

}  // namespace
}  // namespace condyle
