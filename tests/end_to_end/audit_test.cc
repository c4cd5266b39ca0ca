// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The audit trail of the real program: what is recorded, what is told of it, and that nothing acknowledged is lost to a
// process that is killed. CONDYLE_AUDIT_KILLS sets how often it is; 12 if not given.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "condyle/v1/audit.pb.h"
#include "host/audit/audit_store.h"
#include "host/audit/chain.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

namespace fs = std::filesystem;
using google::protobuf::util::JsonStringToMessage;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kBundle = std::string(kSourceFolder) + "/docs/examples/runner.bundle.json";
constexpr char kRefused[] = R"({"id":"Quixote","findings":[{"key":"exam.temperature","quantity":{"value":38.625}}]})";

RunResult Assess(const std::vector<std::string>& more, const std::string& input = "") {
  std::vector<std::string> arguments = {"assess", input.empty() ? kBundle : "-", "--in-process"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  RunOptions options;
  options.stdin_bytes = input;
  return Condyle(arguments, options);
}

v1::AuditListing Listing(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"audit", "list", "--format", "json", "--store"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const RunResult run = Condyle(arguments);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  v1::AuditListing listing;
  EXPECT_TRUE(JsonStringToMessage(run.out, &listing).ok()) << run.out;
  return listing;
}

std::vector<int> Kinds(const v1::AuditListing& listing) {
  std::vector<int> kinds;
  for (const auto& line : listing.entries()) kinds.push_back(line.kind());
  return kinds;
}

TEST(Audit, RecordsWhatAssessDidAndNothingElse) {
  const TempFolder folder;
  const std::string url = "sqlite:" + folder.Path("audit.db");
  const RunResult plain = Assess({"--question-budget", "0"});
  const RunResult audited = Assess({"--question-budget", "0", "--audit", url});
  EXPECT_EQ(audited.exit_code, 0) << audited.err;
  EXPECT_EQ(audited.out, plain.out);
  EXPECT_EQ(Assess({"--audit", url}, kRefused).exit_code, 2);
  EXPECT_EQ(Assess({"--audit", url, "--plugins", kPluginFolder, "--plugins", Fixture("newer_major")}).exit_code, 3);
  EXPECT_THAT(Kinds(Listing({url})),
              ::testing::ElementsAre(v1::AUDIT_KIND_STORE_CREATED, v1::AUDIT_KIND_CONSULTATION, v1::AUDIT_KIND_REFUSAL,
                                     v1::AUDIT_KIND_CONSULTATION, v1::AUDIT_KIND_PLUGIN_FAILURE));
  const v1::AuditListing failures = Listing({url, "--kind", "plugin-failure"});
  ASSERT_EQ(failures.entries_size(), 1);
  EXPECT_EQ(failures.entries(0).about(), 3u);
  EXPECT_EQ(failures.entries(0).plugin_failure().plugin_id(), "newer_major");
  EXPECT_EQ(Listing({url, "--limit", "2"}).entries(0).sequence(), 3u);
  const RunResult text = Condyle({"audit", "list", "--store", url});
  EXPECT_EQ(LineCount(text.out), 6u) << text.out;
  EXPECT_THAT(text.out, AllOf(HasSubstr("7 plugins, case example-runner"), HasSubstr("of 3: newer_major"),
                              HasSubstr("/findings/0")));
  const RunResult verified = Condyle({"audit", "verify", "--store", url});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_THAT(verified.err, IsEmpty());
  EXPECT_THAT(verified.out, HasSubstr("intact:  5 entries, 0 to 4"));
}

TEST(Audit, CanBeAskedAgainFromWhatItExports) {
  const TempFolder folder;
  const std::string url = "sqlite:" + folder.Path("audit.db");
  ASSERT_EQ(Assess({"--audit", url}).exit_code, 0);
  ASSERT_EQ(Assess({"--audit", url}).exit_code, 0);
  const RunResult written = Condyle({"audit", "export", "--store", url, "--receipts", folder.Path("receipts")});
  EXPECT_EQ(written.exit_code, 0) << written.err;
  EXPECT_THAT(written.out, StartsWith("2 receipts written"));
  const std::string receipt = folder.Path("receipts/0000000002.receipt.json");
  EXPECT_EQ(fs::status(receipt).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  const RunResult replayed = Condyle({"replay", receipt, "--in-process"});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
  // Files that are there are kept.
  EXPECT_EQ(Condyle({"audit", "export", "--store", url, "--receipts", folder.Path("receipts")}).exit_code, 1);
}

TEST(Audit, IsVerifiedFromItsExportWithoutTheStore) {
  const TempFolder folder;
  const std::string url = "sqlite:" + folder.Path("audit.db");
  ASSERT_EQ(Assess({"--audit", url}).exit_code, 0);
  ASSERT_EQ(Assess({"--audit", url}, kRefused).exit_code, 2);
  ASSERT_EQ(Assess({"--audit", url}, kRefused).exit_code, 2);
  const RunResult exported = Condyle({"audit", "export", "--store", url});
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  ASSERT_EQ(LineCount(exported.out), 4u);
  const std::string file = folder.Write("export.ndjson", exported.out);
  EXPECT_EQ(Condyle({"audit", "verify", "--file", file}).out, Condyle({"audit", "verify", "--store", url}).out);

  std::vector<std::string> lines;
  std::istringstream stream(exported.out);
  for (std::string line; std::getline(stream, line);) lines.push_back(line + "\n");
  struct Row {
    const char* name;
    std::string bytes;
    int exit_code;
    const char* words;
  };
  const Row rows[] = {
      {"as it is", exported.out, 0, ""},
      {"a line taken out", lines[0] + lines[1] + lines[3], 3,
       "broken at entry 3: entries are missing before it (expected 2)"},
      {"lines swapped", lines[0] + lines[2] + lines[1] + lines[3], 3, "broken at entry 2: entries are missing"},
      {"only the end", lines[2] + lines[3], 0, "the first entry here is 2: what came before cannot be verified"},
      {"cut in a line", exported.out.substr(0, exported.out.size() - 20), 3,
       "broken at the end: what follows entry 2 cannot be read: line 4 is no JSON"},
      {"empty", "", 3, "there is no entry"},
      {"something else", "hello\n", 1, "line 1 is no JSON"}};
  for (const Row& row : rows) {
    RunOptions input;
    input.stdin_bytes = row.bytes;
    const RunResult run = Condyle({"audit", "verify", "--file", "-"}, input);
    EXPECT_EQ(run.exit_code, row.exit_code) << row.name << run.err;
    EXPECT_THAT(run.err, HasSubstr(row.words)) << row.name;
  }
}

TEST(Audit, TellsOfATailThatIsMissingWhatWasNoted) {
  const TempFolder folder;
  const std::string url = "sqlite:" + folder.Path("audit.db");
  ASSERT_EQ(Assess({"--audit", url}, kRefused).exit_code, 2);
  const std::string text = Condyle({"audit", "verify", "--store", url}).out;
  const std::string head = text.substr(text.find("head:    ") + 9, 66);
  EXPECT_EQ(Condyle({"audit", "verify", "--store", url, "--expect", head}).exit_code, 0) << head;
  fs::remove(folder.Path("audit.db"));
  ASSERT_EQ(Assess({"--audit", url}, kRefused).exit_code, 2);
  EXPECT_EQ(Condyle({"audit", "verify", "--store", url}).exit_code, 0);
  const RunResult broken = Condyle({"audit", "verify", "--store", url, "--expect", head});
  EXPECT_EQ(broken.exit_code, 3);
  EXPECT_THAT(broken.err, HasSubstr("broken at entry 1: it is not the entry that was noted"));
}

TEST(Audit, NamesTheBrokenLinkOfAStoreThatWasAltered) {
  const TempFolder folder;
  const std::string file = folder.Path("audit.db"), url = "sqlite:" + file;
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Assess({"--audit", url}, kRefused).exit_code, 2);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(
      sqlite3_exec(database, "DROP TRIGGER entries_are_not_changed; UPDATE entries SET user = 'x' WHERE sequence = 2",
                   nullptr, nullptr, nullptr),
      SQLITE_OK);
  sqlite3_close(database);
  const RunResult run = Condyle({"audit", "verify", "--store", url, "--format", "json"});
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.out, AllOf(HasSubstr("\"intact\": false"), HasSubstr("\"brokenAt\": \"2\"")));
  EXPECT_THAT(run.err, AllOf(HasSubstr("broken at entry 2"), HasSubstr("a protection against change was taken off")));
}

// All that a patient's input says of who it is and what was found.
std::vector<std::string> PrivateWords() {
  return {"example-runner",  "1999-02-14",           "Quixote",      "38.625", "exam.temperature",
          "pain.sij_region", "2026-05-01T09:00:00Z", "trail running"};
}

TEST(Audit, HoldsNothingOfThePatientIfToldSo) {
  for (const bool without : {true, false}) {
    const TempFolder folder;
    std::vector<std::string> how = {"--audit", "sqlite:" + folder.Path("audit.db")};
    if (without) how.push_back("--no-phi");
    ASSERT_EQ(Assess(how).exit_code, 0);
    ASSERT_EQ(Assess(how, kRefused).exit_code, 2);
    const std::string bytes = ReadFile(folder.Path("audit.db"));
    EXPECT_THAT(bytes, HasSubstr("red_flag_screen"));
    int found = 0;
    for (const std::string& word : PrivateWords()) found += bytes.find(word) == std::string::npos ? 0 : 1;
    EXPECT_EQ(found > 0, !without);
    const RunResult receipts = Condyle({"audit", "export", "--store", how[1], "--receipts", folder.Path("receipts")});
    EXPECT_EQ(receipts.exit_code, without ? 1 : 0);
  }
}

TEST(Audit, WithholdsTheAnswerIfItCannotBeRecorded) {
  const TempFolder folder;
  const std::string url = "sqlite:" + folder.Path("audit.db");
  ASSERT_EQ(Assess({"--audit", url}, kRefused).exit_code, 2);
  // Another trigger that stops every append, as a disk that is full would.
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(folder.Path("audit.db").c_str(), &database), SQLITE_OK);
  EXPECT_EQ(
      sqlite3_exec(database, "CREATE TRIGGER stop BEFORE INSERT ON entries BEGIN SELECT raise(ABORT, 'stop'); END",
                   nullptr, nullptr, nullptr),
      SQLITE_OK);
  sqlite3_close(database);
  const RunResult withheld = Assess({"--audit", url});
  EXPECT_EQ(withheld.exit_code, 1);
  EXPECT_THAT(withheld.out, IsEmpty());
  EXPECT_THAT(withheld.err, AllOf(HasSubstr("no answer is given: it could not be recorded in the audit trail"),
                                  HasSubstr("--answer-unrecorded")));
  const RunResult given = Assess({"--audit", url, "--answer-unrecorded", "--format", "json"});
  EXPECT_EQ(given.exit_code, 1);
  EXPECT_THAT(given.out, HasSubstr("This consultation is not in the audit trail"));
  EXPECT_THAT(given.err, HasSubstr("the answer is given all the same"));
  const RunResult refused = Assess({"--audit", url, "--answer-unrecorded"}, kRefused);
  EXPECT_EQ(refused.exit_code, 1) << "a refusal that is not in the trail";
  EXPECT_THAT(refused.err, HasSubstr("/findings/0"));
}

TEST(Audit, ExitsAsItSays) {
  const TempFolder folder;
  const std::string text = folder.Write("text", std::string(5000, 'x'));
  struct Row {
    std::vector<std::string> arguments;
    int exit_code;
    const char* words;
  };
  const Row rows[] = {
      {{"audit", "list"}, 64, "--store is required"},
      {{"audit", "list", "--store", "audit.db"}, 64, "allowed: sqlite:FILE, postgresql://USER@HOST/DATABASE"},
      {{"audit", "list", "--store", "sqlite:x", "--kind", "all"}, 64, "consultation, refusal"},
      {{"audit", "list", "--store", "sqlite:x", "--since", "yesterday"}, 64, "YYYY-MM-DD"},
      {{"audit", "list", "--store", "sqlite:x", "--limit", "0"}, 64, "--limit"},
      {{"audit", "list", "--store", "sqlite:" + folder.Path("none")}, 1, "cannot be opened"},
      {{"audit", "export", "--store", "sqlite:" + text}, 1, "no SQLite database"},
      {{"audit", "verify"}, 64, "--store"},
      {{"audit", "verify", "--store", "sqlite:x", "--file", "y"}, 64, "--file"},
      {{"audit", "verify", "--store", "sqlite:" + text}, 1, "no SQLite database"},
      {{"audit", "verify", "--file", folder.Path("none")}, 64, "cannot be read"},
      {{"audit", "verify", "--file", "/"}, 64, "cannot be read"},
      {{"audit", "verify", "--store", "sqlite:x", "--expect", "7"}, 64, "no mark of an entry"},
      {{"assess", kBundle, "--no-phi"}, 64, "--audit"},
      {{"assess", kBundle, "--audit", "sqlite:" + text}, 1, "the audit trail cannot be used"}};
  for (const Row& row : rows) {
    const RunResult run = Condyle(row.arguments);
    EXPECT_EQ(run.exit_code, row.exit_code) << ::testing::PrintToString(row.arguments);
    EXPECT_THAT(run.err, HasSubstr(row.words)) << ::testing::PrintToString(row.arguments);
    EXPECT_THAT(run.out, IsEmpty());
  }
}

// A program that consults under audit until it is killed.
class Load {
 public:
  Load(const std::string& url, bool without_phi, int threads) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    out_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::vector<std::string> strings = {
        kAuditedLoad, url, without_phi ? "without" : "with", std::to_string(threads), kPluginFolder, kBundle};
    std::vector<char*> arguments;
    for (std::string& string : strings) arguments.push_back(string.data());
    arguments.push_back(nullptr);
    const int error = posix_spawn(&pid_, kAuditedLoad, &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error != 0) throw std::runtime_error("posix_spawn");
  }

  // Reads for so long, kills it, and gives back all that it acknowledged until then.
  std::string KillAfter(std::chrono::microseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    for (;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::nanoseconds>(until - std::chrono::steady_clock::now()).count();
      if (left <= 0) break;
      pollfd polled{out_, POLLIN, 0};
      const timespec patience{static_cast<time_t>(left / 1000000000), static_cast<long>(left % 1000000000)};
      if (ppoll(&polled, 1, &patience, nullptr) > 0 && !ReadSome()) break;
    }
    kill(pid_, SIGKILL);
    while (ReadSome()) {
    }
    close(out_);
    int status = 0;
    waitpid(pid_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it ended by itself";
    return said_;
  }

 private:
  bool ReadSome() {
    char buffer[4096];
    const ssize_t n = read(out_, buffer, sizeof(buffer));
    if (n > 0) said_.append(buffer, static_cast<size_t>(n));
    return n > 0;
  }

  int out_ = -1;
  pid_t pid_ = 0;
  std::string said_;
};

size_t AddMarks(const std::string& said, std::map<uint64_t, std::string>* acknowledged) {
  size_t count = 0;
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line); ++count) {
    const auto mark = MarkFromText(line);
    EXPECT_TRUE(mark.ok() && acknowledged->emplace(mark->sequence, mark->hash).second) << line << " (or twice)";
  }
  return count;
}

// What is wrong with a store of which these were acknowledged; empty if nothing is.
std::string FindFault(const std::string& url, const std::map<uint64_t, std::string>& acknowledged, uint64_t* entries) {
  AuditStoreOptions options;
  options.read_only = true;
  const auto store = OpenAuditStore(url, options);
  // Killed before the store was made.
  if (absl::IsNotFound(store.status()) && acknowledged.empty()) return "";
  if (!store.ok()) return store.status().ToString();
  ChainCheck check(acknowledged);
  std::string fault;
  const absl::Status read = (*store)->Read({}, [&](const v1::AuditEntry& entry) {
    fault = check.Next(entry);
    return fault.empty();
  });
  *entries = check.entries();
  if (!read.ok()) return read.ToString();
  return fault.empty() ? check.End() : fault;
}

TEST(Audit, LosesNothingAcknowledgedToAProcessThatIsKilled) {
  const char* given = std::getenv("CONDYLE_AUDIT_KILLS");
  const int kills = given == nullptr ? 12 : std::atoi(given);
  ASSERT_GT(kills, 0);
  constexpr int kPerStore = 6;
  std::mt19937 random(20260501);
  int early = 0;
  uint64_t records = 0, stored = 0;
  for (int done = 0; done < kills;) {
    const TempFolder folder;
    const std::string url = "sqlite:" + folder.Path("audit.db");
    const bool without_phi = done / kPerStore % 2 == 1;
    std::map<uint64_t, std::string> acknowledged;
    uint64_t entries = 0;
    for (int i = 0; i < kPerStore && done < kills; ++i, ++done) {
      // From before the store is made to well into the load; one to four threads.
      const std::chrono::microseconds time(std::uniform_int_distribution<int>(0, 500000)(random));
      const size_t lines = AddMarks(Load(url, without_phi, 1 + done % 4).KillAfter(time), &acknowledged);
      if (lines == 0) ++early;
      records += lines;
      ASSERT_THAT(FindFault(url, acknowledged, &entries), IsEmpty()) << "after kill " << done;
    }
    const RunResult verified = Condyle({"audit", "verify", "--store", url});
    EXPECT_EQ(verified.exit_code, fs::exists(folder.Path("audit.db")) ? 0 : 1) << verified.err;
    stored += entries;
  }
  EXPECT_GT(records, static_cast<uint64_t>(kills));
  std::printf("%d kills, %d before a first record; %llu records acknowledged, all of them among %llu entries stored\n",
              kills, early, static_cast<unsigned long long>(records), static_cast<unsigned long long>(stored));
}

}  // namespace
}  // namespace condyle::tests
