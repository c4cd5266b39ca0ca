// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/loader/plugin_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>

namespace condyle {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Fixture(const std::string& id) { return std::string(CONDYLE_FIXTURES) + "/" + id + ".so"; }

cnd_call Call() {
  cnd_call call{};
  call.struct_size = sizeof(call);
  return call;
}

TEST(PluginLibrary, LoadsCreatesAndAssesses) {
  std::string error;
  const auto library = PluginLibrary::Load(Fixture("puppet"), &error);
  ASSERT_NE(library, nullptr) << error;
  EXPECT_EQ(library->abi_minor(), CND_ABI_MINOR);
  EXPECT_EQ(library->flags(), CND_FLAG_DETERMINISTIC);
  const auto instance = library->Create({}, &error);
  ASSERT_NE(instance, nullptr) << error;
  std::string response = "of an earlier call";
  for (const std::string& request : {std::string("question"), std::string(), std::string(300000, 'x')}) {
    const AssessResult result = instance->Assess(Call(), request, 1u << 20, &response);
    EXPECT_EQ(result.status, CND_OK);
    EXPECT_EQ(response, request);
  }
}

TEST(PluginLibrary, KeepsInstancesApart) {
  std::string error;
  const auto library = PluginLibrary::Load(Fixture("puppet"), &error);
  ASSERT_NE(library, nullptr) << error;
  const auto one = library->Create({}, &error);
  const auto two = PluginLibrary::Load(Fixture("puppet"), &error)->Create({}, &error);
  std::string response;
  one->Assess(Call(), "calls", 100, &response);
  one->Assess(Call(), "calls", 100, &response);
  EXPECT_EQ(response, "2");
  two->Assess(Call(), "calls", 100, &response);
  EXPECT_EQ(response, "1");
}

// A memfd with the bytes of this file.
int InMemory(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(stream), {});
  const int fd = memfd_create("plugin", MFD_CLOEXEC);
  EXPECT_EQ(write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  return fd;
}

TEST(PluginLibrary, LoadsSealedBytesWhateverLiesAtThePath) {
  const int fd = InMemory(Fixture("puppet"));
  std::string error;
  const auto library = PluginLibrary::LoadSealed("/nowhere/puppet.so", fd, "puppet's bytes", &error);
  ASSERT_NE(library, nullptr) << error;
  close(fd);  // a copy is kept
  std::string response;
  EXPECT_EQ(library->Create({}, &error)->Assess(Call(), "question", 100, &response).status, CND_OK);
  EXPECT_EQ(response, "question");
}

// The dynamic linker takes a name that it knows for the library that had it first.
TEST(PluginLibrary, TellsBytesApartThatHadTheSameDescriptorNumber) {
  const int fd = InMemory(Fixture("puppet"));
  std::string error;
  ASSERT_NE(PluginLibrary::LoadSealed("/one.so", fd, "first bytes", &error), nullptr) << error;
  const int other = InMemory(Fixture("create_fails"));
  ASSERT_EQ(dup2(other, fd), fd);
  close(other);
  const auto second = PluginLibrary::LoadSealed("/two.so", fd, "second bytes", &error);
  ASSERT_NE(second, nullptr) << error;
  EXPECT_EQ(second->Create({}, &error), nullptr) << "the first library again";
  close(fd);
  // And knows again what it has loaded, by whatever number.
  const int again = InMemory(Fixture("puppet"));
  EXPECT_NE(PluginLibrary::LoadSealed("/one.so", again, "first bytes", &error), nullptr) << error;
  close(again);
}

TEST(PluginLibrary, NamesThePathWhereSealedBytesCannotBeLoaded) {
  std::string error;
  const int fd = memfd_create("empty", MFD_CLOEXEC);
  EXPECT_EQ(PluginLibrary::LoadSealed("/nowhere/empty.so", fd, "no bytes", &error), nullptr);
  EXPECT_THAT(error, AllOf(HasSubstr("/nowhere/empty.so"), Not(HasSubstr("/proc/"))));
  close(fd);
  EXPECT_EQ(PluginLibrary::LoadSealed("/nowhere/closed.so", -1, "of no descriptor", &error), nullptr);
  EXPECT_THAT(error, HasSubstr("/nowhere/closed.so"));
}

TEST(PluginLibrary, BoundsTheAnswer) {
  std::string error;
  const auto instance = PluginLibrary::Load(Fixture("puppet"), &error)->Create({}, &error);
  std::string response;
  struct Row {
    const char* request;
    size_t limit;
    bool too_large;
  };
  // "write" heeds the sink, "write_on" carries on and returns CND_OK.
  for (const Row& row :
       {Row{"write 5000", 5000, false}, Row{"write 5000", 4999, true}, Row{"write_on 5000", 5000, false},
        Row{"write_on 50000", 4999, true}, Row{"write 1", 0, true}, Row{"write 0", 0, false}}) {
    const AssessResult result = instance->Assess(Call(), row.request, row.limit, &response);
    EXPECT_EQ(result.too_large, row.too_large) << row.request << " " << row.limit;
    EXPECT_EQ(result.status, row.too_large ? CND_EXHAUSTED : CND_OK) << row.request << " " << row.limit;
    EXPECT_EQ(response.empty(), row.too_large || std::string(row.request) == "write 0");
  }
}

TEST(PluginLibrary, GivesBackStatusAndWords) {
  std::string error;
  const auto instance = PluginLibrary::Load(Fixture("puppet"), &error)->Create({}, &error);
  std::string response;
  AssessResult result = instance->Assess(Call(), "status 3", 100, &response);
  EXPECT_EQ(result.status, CND_UNSUPPORTED);
  EXPECT_THAT(result.error, HasSubstr("the fixture was told to"));
  EXPECT_THAT(response, IsEmpty());
  result = instance->Assess(Call(), "mute_status 99", 100, &response);
  EXPECT_EQ(result.status, 99);
  EXPECT_THAT(result.error, IsEmpty());
}

std::string logged;

TEST(PluginLibrary, HandsOnWhatPluginsLog) {
  std::string error;
  const auto instance = PluginLibrary::Load(Fixture("puppet"), &error)->Create({}, &error);
  std::string response;
  SetPluginLog([](int32_t level, std::string_view text) { logged += std::to_string(level) + std::string(text) + ";"; });
  instance->Assess(Call(), "log 2", 100, &response);
  SetPluginLog(nullptr);
  instance->Assess(Call(), "log 3", 100, &response);
  EXPECT_EQ(logged, "2logged words;");
}

TEST(PluginLibrary, TakesANewerMinorVersionWithALongerTable) {
  std::string error;
  const auto library = PluginLibrary::Load(Fixture("newer_minor"), &error);
  ASSERT_NE(library, nullptr) << error;
  EXPECT_EQ(library->abi_minor(), CND_ABI_MINOR + 98);
  std::string response;
  EXPECT_EQ(library->Create({}, &error)->Assess(Call(), "x", 100, &response).status, CND_OK);
  EXPECT_EQ(response, "x");
}

TEST(PluginLibrary, SaysWhyAFileCannotBeUsed) {
  struct Row {
    const char* id;
    const char* error;
  };
  for (const Row& row :
       {Row{"refuses_host", "returned NULL: the plugin refuses to run in this host, which offers ABI 1.0"},
        Row{"wrong_major", "abi_major 2; this host takes only 1"},
        Row{"short_table", "struct_size is 32, so destroy is missing; ABI 1.0 has 48 bytes"},
        Row{"null_assess", "NULL for assess"}, Row{"no_entry", "does not export condyle_entry_v1"},
        Row{"missing_symbol", "undefined symbol: fixture_symbol_that_nobody_defines"},
        Row{"no_such_file", "No such file or directory"}}) {
    std::string error;
    EXPECT_EQ(PluginLibrary::Load(Fixture(row.id), &error), nullptr);
    EXPECT_THAT(error, AllOf(HasSubstr(row.error), HasSubstr(Fixture(row.id))));
  }
  std::string error;
  EXPECT_EQ(PluginLibrary::Load("/etc/passwd", &error), nullptr);
  EXPECT_THAT(error, HasSubstr("invalid ELF header"));
}

TEST(PluginLibrary, SaysWhyCreateFailed) {
  std::string error;
  const auto fails = PluginLibrary::Load(Fixture("create_fails"), &error);
  ASSERT_NE(fails, nullptr) << error;
  EXPECT_EQ(fails->Create({}, &error), nullptr);
  EXPECT_EQ(error, "create failed with CND_INTERNAL: the table of norms is damaged");
  const auto nothing = PluginLibrary::Load(Fixture("create_gives_nothing"), &error);
  ASSERT_NE(nothing, nullptr) << error;
  EXPECT_EQ(nothing->Create({}, &error), nullptr);
  EXPECT_THAT(error, HasSubstr("no instance"));
}

TEST(PluginTable, IsCheckedFieldByField) {
  std::string error;
  cnd_plugin table{};
  table.abi_major = CND_ABI_MAJOR;
  table.create = [](const cnd_host*, cnd_bytes, cnd_instance**, const cnd_sink*) noexcept {
    return cnd_status{CND_OK};
  };
  table.assess = [](cnd_instance*, const cnd_call*, cnd_bytes, const cnd_sink*) noexcept { return cnd_status{CND_OK}; };
  table.destroy = [](cnd_instance*) noexcept {};
  struct Row {
    uint32_t size;
    const char* missing;
  };
  for (const Row& row :
       {Row{0, "abi_major"}, Row{7, "abi_major"}, Row{8, "abi_minor"}, Row{12, "flags"}, Row{16, "create"},
        Row{24, "assess"}, Row{32, "destroy"}, Row{40, "extension"}, Row{47, "extension"}}) {
    table.struct_size = row.size;
    EXPECT_THAT(CheckPluginTable(&table), HasSubstr("so " + std::string(row.missing) + " is missing")) << row.size;
  }
  for (const uint32_t size : {48u, 49u, 4096u}) {
    table.struct_size = size;
    EXPECT_THAT(CheckPluginTable(&table), IsEmpty()) << size;
  }
  table.destroy = nullptr;
  EXPECT_THAT(CheckPluginTable(&table), HasSubstr("NULL for destroy"));
  table.create = nullptr;
  EXPECT_THAT(CheckPluginTable(&table), HasSubstr("NULL for create"));
  table.abi_major = 0;
  EXPECT_THAT(CheckPluginTable(&table), HasSubstr("abi_major 0"));
  EXPECT_THAT(CheckPluginTable(nullptr), HasSubstr("returned NULL"));
}

TEST(StatusName, ReadsUnknownValuesAsInternal) {
  EXPECT_STREQ(StatusName(CND_OK), "CND_OK");
  EXPECT_STREQ(StatusName(CND_INTERNAL), "CND_INTERNAL");
  EXPECT_STREQ(StatusName(9), "CND_INTERNAL");
  EXPECT_STREQ(StatusName(-1), "CND_INTERNAL");
}

}  // namespace
}  // namespace condyle
