// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The checker catches each bad plugin, by the check that bad_plugins.tsv names.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "condyle/v1/check.pb.h"
#include "tests/bad_plugins/matrix.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

class Checker : public ::testing::TestWithParam<BadPlugin> {};

TEST_P(Checker, CatchesItByTheCheckThatIsNamed) {
  const RunResult run = Condyle({"plugins", "check", GetParam().File(), "--level", "5", "--format", "json"});
  v1::CheckReport report;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(run.out, &report).ok()) << run.out << run.err;
  std::set<std::string> errors, warnings;
  for (const v1::CheckFinding& finding : report.findings()) {
    if (finding.severity() == v1::CHECK_SEVERITY_ERROR) errors.insert(finding.check());
    if (finding.severity() == v1::CHECK_SEVERITY_WARNING) warnings.insert(finding.check());
    EXPECT_EQ(finding.fix().empty(), finding.severity() == v1::CHECK_SEVERITY_NOTE) << finding.what();
  }
  EXPECT_EQ(run.exit_code, errors.empty() ? 0 : 3) << run.err;
  if (GetParam().caught_by.empty()) {
    EXPECT_TRUE(errors.empty() && warnings.empty()) << run.out;
  } else {
    EXPECT_TRUE(errors.count(GetParam().caught_by) != 0 || warnings.count(GetParam().caught_by) != 0)
        << "expected a finding of " << GetParam().caught_by << ":\n"
        << run.out;
  }
}

INSTANTIATE_TEST_SUITE_P(BadPlugins, Checker, ::testing::ValuesIn(ReadBadPlugins()),
                         [](const auto& plugin) { return plugin.param.name; });

// Which requests are drawn hangs on the seed alone, and so does where a fault is found.
TEST(Seeds, RepeatARun) {
  const auto where = [](const std::string& seed) {
    const RunResult run =
        Condyle({"plugins", "check", Fixture("dies_of_malformed_request"), "--seed", seed, "--format", "json"});
    v1::CheckReport report;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(run.out, &report).ok()) << run.out << run.err;
    EXPECT_EQ(std::to_string(report.seed()), seed);
    for (const v1::CheckFinding& finding : report.findings()) {
      if (finding.check() == "hostile-input") return finding.where();
    }
    return std::string();
  };
  EXPECT_THAT(where("5"), ::testing::HasSubstr("of seed 5"));
  EXPECT_EQ(where("5"), where("5"));
}

TEST(Table, HasAtLeastThirtyBadPlugins) { EXPECT_GE(ReadBadPlugins().size(), 30u); }

}  // namespace
}  // namespace condyle::tests
