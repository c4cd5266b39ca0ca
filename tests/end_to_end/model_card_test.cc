// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The model cards of all plugins as the program prints them: whole, loading nothing, and, in a real browser, as wide as
// a telephone.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "condyle/v1/model_card.pb.h"
#include "host/catalog/plugin_catalog.h"
#include "tests/end_to_end/support/browser.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/page_rules.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Tree = boost::property_tree::ptree;

// One for each plugin, and that of all.
const std::vector<ShownPage>& Pages() {
  static const auto* const pages = [] {
    auto* made = new std::vector<ShownPage>;
    for (const PluginFile& plugin : DiscoverPlugins({kPluginFolder}).plugins) {
      const std::string& id = plugin.manifest.id();
      made->push_back({id, Condyle({"plugins", "show", id, "--format", "html"}).out});
    }
    made->push_back({"all", Condyle({"plugins", "show", "--all", "--format", "html"}).out});
    return made;
  }();
  return *pages;
}

struct Content {
  std::set<std::string> ids;
  std::vector<std::string> tags, targets, faults;
  std::vector<int> headings;
};

void Walk(const std::string& tag, const Tree& element, Content* content) {
  if (tag == "<xmlattr>") return;
  content->tags.push_back(tag);
  const auto attribute = [&](const char* name) {
    return element.get<std::string>(std::string("<xmlattr>.") + name, "");
  };
  if (const std::string id = attribute("id"); !id.empty() && !content->ids.insert(id).second) {
    content->faults.push_back("id twice: " + id);
  }
  if (const std::string target = attribute("href"); !target.empty()) content->targets.push_back(target);
  if (tag == "th" && attribute("scope").empty()) content->faults.push_back("a th without scope");
  for (const char* name : {"src", "style", "onload", "onclick"}) {
    if (!attribute(name).empty()) content->faults.push_back(tag + " has " + name);
  }
  if (tag.size() == 2 && tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6') content->headings.push_back(tag[1] - '0');
  for (const auto& [name, child] : element) Walk(name, child, content);
}

Content Read(const std::string& html) {
  std::istringstream in(html);
  Tree tree;
  boost::property_tree::read_xml(in, tree);
  Content content;
  Walk("html", tree.get_child("html"), &content);
  return content;
}

TEST(ModelCardPages, AreWholeAndLoadNothing) {
  ASSERT_GE(Pages().size(), 8u);
  for (const ShownPage& page : Pages()) {
    SCOPED_TRACE(page.name);
    ASSERT_NO_THROW(Read(page.html));
    const Content content = Read(page.html);
    EXPECT_THAT(content.faults, IsEmpty());
    for (const std::string& tag : content.tags) {
      for (const char* loading : {"script", "link", "img", "iframe", "object", "embed", "base", "form"}) {
        EXPECT_NE(tag, loading);
      }
    }
    ExpectSoundOutline(content.ids, content.targets, content.headings);
  }
}

// Nothing blank, nothing contradicted: what is shipped is filled in.
TEST(ModelCardPages, AreFilledIn) {
  for (const ShownPage& page : Pages()) {
    EXPECT_THAT(page.html, Not(HasSubstr("not stated"))) << page.name;
    EXPECT_THAT(page.html, Not(HasSubstr("Contradiction"))) << page.name;
    EXPECT_THAT(page.html, HasSubstr("authored, not fitted to training data")) << page.name;
  }
}

TEST(ModelCardInJson, HasAllPluginsWithThirteenAttributesAndTheirHashes) {
  const RunResult run = Condyle({"plugins", "show", "--all", "--format", "card"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  v1::ModelCards cards;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(run.out, &cards).ok());
  const PluginCatalog catalog = DiscoverPlugins({kPluginFolder});
  ASSERT_EQ(static_cast<size_t>(cards.cards_size()), catalog.plugins.size());
  for (int i = 0; i < cards.cards_size(); ++i) {
    const PluginFile& plugin = catalog.plugins[static_cast<size_t>(i)];
    EXPECT_EQ(cards.cards(i).manifest().SerializeAsString(), plugin.manifest.SerializeAsString());
    EXPECT_EQ(cards.cards(i).source_attributes_size(), 13);
    EXPECT_EQ(cards.cards(i).file_sha256(), plugin.file_sha256);
    EXPECT_EQ(cards.cards(i).manifest_sha256(), plugin.manifest_sha256);
    EXPECT_EQ(cards.cards(i).signature(), "not checked");
  }
}

TEST(PluginsShow, NeedsAnIdOrAll) {
  EXPECT_EQ(Condyle({"plugins", "show", "red_flag_screen", "--all"}).exit_code, 64);
  const RunResult neither = Condyle({"plugins", "show", "--format", "html"});
  EXPECT_EQ(neither.exit_code, 64);
  EXPECT_THAT(neither.err, HasSubstr("--all"));
}

class ModelCardInABrowser : public Browser {};

TEST_F(ModelCardInABrowser, IsAsWideAsATelephone) { ExpectAsWideAsATelephone(Pages(), 8); }

TEST_F(ModelCardInABrowser, Prints) {
  const std::string pdf = folder_.Path("card.pdf");
  const RunResult run = Browse({"--no-pdf-header-footer", "--print-to-pdf=" + pdf,
                                "file://" + folder_.Write("card.html", Pages().front().html)});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const size_t pages = PdfPages(ReadFile(pdf));
  EXPECT_GE(pages, 2u);
  EXPECT_LE(pages, 12u);
}

}  // namespace
}  // namespace condyle::tests
