// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Where the worker and the plugins are looked for, and what Host::Open says when they are not there.
#include "host/library/locations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "condyle/host/host.h"
#include "host/library/install_paths.h"

namespace condyle {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(Locations, OfTheProgramIsWhereThisTestIs) {
  EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(ProgramDirectory()) / "locations_test"))
      << ProgramDirectory();
}

TEST(Locations, OfTheWorkerAreBesideTheProgramFirstAndTheInstallationLast) {
  std::vector<std::string> places = WorkerCandidates("/opt/condyle/bin");
  EXPECT_EQ(places.front(), "/opt/condyle/bin/condyle-worker");
  EXPECT_THAT(places, Contains(std::string("/opt/condyle/") + kInstallLibexecDir + "/condyle/condyle-worker"));
  EXPECT_EQ(places.back(), std::string(kInstallFullLibexecDir) + "/condyle/condyle-worker");
}

TEST(Locations, OfTheWorkerAreFoundFromATestOfTheBuildTree) {
  EXPECT_THAT(WorkerCandidates("/build/tests"), Contains("/build/bin/condyle-worker"));
}

TEST(Locations, AreTriedInTheirOrder) {
  EXPECT_EQ(FirstExecutable({"/nonexistent/program", "/etc/passwd", "/bin/sh", "/bin/cat"}), "/bin/sh");
  EXPECT_EQ(FirstExecutable({"/nonexistent/program"}), "");
}

TEST(Locations, OfThePluginsAreTheBuildTreeFirstAndTheInstallationLast) {
  std::vector<std::string> places = PluginDirectoryCandidates("/opt/condyle/bin");
  EXPECT_EQ(places.front(), "/opt/condyle/plugins");
  EXPECT_THAT(places, Contains(std::string("/opt/condyle/") + kInstallLibDir + "/condyle/plugins"));
  EXPECT_EQ(places.back(), std::string(kInstallFullLibDir) + "/condyle/plugins");
}

TEST(Locations, AreThoseOfTheProgramThatTheCodeIsIn) {
  EXPECT_EQ(ProgramDirectory({"/opt/condyle/bin/condyle", false}), "/opt/condyle/bin");
  EXPECT_EQ(ProgramDirectory({"", false}), "");
}

// The program that loaded the library may be anybody's.
TEST(Locations, OfALibraryAreThoseOfItsInstallation) {
  EXPECT_EQ(ProgramDirectory({std::string("/opt/condyle/") + kInstallLibDir + "/libcondyle_host.so.1", true}),
            "/opt/condyle/bin");
}

TEST(Locations, WithoutAProgramAreTheInstallation) {
  EXPECT_EQ(WorkerCandidates("").size(), 1u);
  EXPECT_EQ(PluginDirectoryCandidates("").size(), 1u);
}

TEST(HostOpen, WithoutAPluginSaysWhereItLooked) {
  HostOptions options;
  options.plugins = {"/nowhere/at/all"};
  auto host = Host::Open(options);
  ASSERT_FALSE(host.ok());
  EXPECT_EQ(host.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(host.status().message()), HasSubstr("/nowhere/at/all"));
}

TEST(HostOpen, RefusesLimitsThatMakeNoSense) {
  HostOptions options;
  options.deadline = std::chrono::milliseconds(0);
  EXPECT_EQ(Host::Open(options).status().code(), absl::StatusCode::kInvalidArgument);
  options.deadline = std::chrono::milliseconds(1);
  options.parallel = 0;
  EXPECT_EQ(Host::Open(options).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(HostVersion, IsThatOfTheProject) { EXPECT_THAT(HostVersion(), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+")); }

}  // namespace
}  // namespace condyle
