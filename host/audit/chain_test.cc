// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The bytes that are hashed, and every way in which a chain can be broken.
#include "host/audit/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "host/audit/audit_store.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Worked out with another program (Python's hashlib) from the description in docs/audit.md.
TEST(LinkHash, IsThatOfTheDocumentedBytes) {
  v1::AuditEntry entry;
  entry.set_sequence(258);
  entry.set_moment("2026-05-01T09:00:00.123Z");
  entry.set_kind(v1::AUDIT_KIND_REFUSAL);
  entry.set_user("u-17");
  entry.set_organisation("org/3");
  entry.set_about(7);
  entry.set_body("never hashed here");
  entry.set_body_sha256(Sha256Hex("body"));
  entry.set_previous(std::string(64, 'a'));
  EXPECT_EQ(LinkHash(entry), "970f014d4f16e64b1e0e06308f4b39ece708778e852f15d4a112d3aaae22c59b");
  EXPECT_EQ(LinkHash({}), "f829d41bda15fb94efedefe8e32b14572b7097cd504641e2cfa013b0beab12d6");
}

TEST(LinkHash, IsAnotherForEveryFieldAndWhereverItsBytesStand) {
  v1::AuditEntry entry;
  entry.set_user("ab");
  entry.set_organisation("c");
  std::vector<std::string> hashes = {LinkHash(entry)};
  const std::vector<std::function<void(v1::AuditEntry&)>> changes = {
      [](auto& e) { e.set_sequence(1); },
      [](auto& e) { e.set_moment("x"); },
      [](auto& e) { e.set_kind(v1::AUDIT_KIND_OVERRIDE); },
      [](auto& e) {
        e.set_user("a");
        e.set_organisation("bc");
      },
      [](auto& e) {
        e.set_user("abc");
        e.set_organisation("");
      },
      [](auto& e) { e.set_about(1); },
      [](auto& e) { e.set_body_sha256("x"); },
      [](auto& e) { e.set_previous("x"); }};
  for (const auto& change : changes) {
    v1::AuditEntry changed = entry;
    change(changed);
    hashes.push_back(LinkHash(changed));
  }
  for (size_t i = 0; i < hashes.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NE(hashes[i], hashes[j]) << i << " " << j;
  }
}

// Five sound entries.
std::vector<v1::AuditEntry> SoundChain() {
  std::vector<v1::AuditEntry> entries;
  const auto add = [&](AuditDraft draft) {
    const std::string hash = Sha256Hex(draft.body);
    const auto head =
        entries.empty() ? std::nullopt : std::optional(AuditMark{entries.back().sequence(), entries.back().hash()});
    const absl::Time moment = absl::FromUnixMillis(1777626000000 + static_cast<int64_t>(entries.size()));
    entries.push_back(Chain(std::move(draft), hash, head, FormatMoment(moment)));
  };
  add(NewStoreDraft(false).value());
  for (const char* body : {"one", "two", "three", "four"}) {
    AuditDraft draft;
    draft.kind = v1::AUDIT_KIND_REFUSAL;
    draft.body = body;
    add(draft);
  }
  return entries;
}

// "sequence: fault" of the first broken link; empty if there is none.
std::string Check(const std::vector<v1::AuditEntry>& entries, std::map<uint64_t, std::string> expected = {}) {
  ChainCheck check(std::move(expected));
  for (const v1::AuditEntry& entry : entries) {
    const std::string fault = check.Next(entry);
    if (!fault.empty()) return std::to_string(entry.sequence()) + ": " + fault;
  }
  const std::string fault = check.End();
  return fault.empty() ? fault : "end: " + fault;
}

TEST(ChainCheck, FindsNothingInASoundChain) {
  const std::vector<v1::AuditEntry> entries = SoundChain();
  ChainCheck check;
  for (const v1::AuditEntry& entry : entries) EXPECT_THAT(check.Next(entry), IsEmpty());
  EXPECT_THAT(check.End(), IsEmpty());
  EXPECT_EQ(check.entries(), 5u);
  EXPECT_EQ(check.head().sequence, 4u);
  EXPECT_EQ(check.head().hash, entries.back().hash());
  EXPECT_EQ(check.store_id().size(), 32u);
  EXPECT_EQ(check.first_moment(), "2026-05-01T09:00:00.000Z");
  EXPECT_EQ(check.last_moment(), "2026-05-01T09:00:00.004Z");
  EXPECT_EQ(check.backward_moments(), 0u);
}

// Makes the hash fit again, as one who means to forge would.
void Rehash(v1::AuditEntry& entry) {
  entry.set_body_sha256(Sha256Hex(entry.body()));
  entry.set_hash(LinkHash(entry));
}

using Entries = std::vector<v1::AuditEntry>;
struct Tampering {
  const char* name;
  std::function<void(Entries&)> with;
  const char* fault;
};

class ChainCheckFinds : public ::testing::TestWithParam<Tampering> {};

TEST_P(ChainCheckFinds, TheFirstBrokenLink) {
  Entries entries = SoundChain();
  GetParam().with(entries);
  EXPECT_THAT(Check(entries), HasSubstr(GetParam().fault));
}

INSTANTIATE_TEST_SUITE_P(
    Tamperings, ChainCheckFinds,
    ::testing::Values(
        Tampering{"Body", [](Entries& e) { e[2].set_body("TWO"); }, "2: its body was changed"},
        Tampering{"BodyAndItsHash",
                  [](Entries& e) {
                    e[2].set_body("TWO");
                    e[2].set_body_sha256(Sha256Hex("TWO"));
                  },
                  "2: its moment, kind, user, organisation, subject or hash was changed"},
        Tampering{"BodyWithAllHashesOfTheEntry",
                  [](Entries& e) {
                    e[2].set_body("TWO");
                    Rehash(e[2]);
                  },
                  "3: it does not follow the entry before it"},
        Tampering{"Moment", [](Entries& e) { e[3].set_moment("2026-05-01T09:00:00.999Z"); }, "3: its moment, kind"},
        Tampering{"Kind", [](Entries& e) { e[3].set_kind(v1::AUDIT_KIND_OVERRIDE); }, "3: its moment, kind"},
        Tampering{"User", [](Entries& e) { e[3].set_user("somebody"); }, "3: its moment, kind"},
        Tampering{"Organisation", [](Entries& e) { e[3].set_organisation("somewhere"); }, "3: its moment, kind"},
        Tampering{"About", [](Entries& e) { e[3].set_about(1); }, "3: its moment, kind"},
        Tampering{"Hash", [](Entries& e) { e[4].set_hash(std::string(64, '0')); }, "4: its moment, kind"},
        Tampering{"Deleted", [](Entries& e) { e.erase(e.begin() + 2); },
                  "3: entries are missing before it (expected 2)"},
        Tampering{"DeletedAndRenumbered",
                  [](Entries& e) {
                    e.erase(e.begin() + 2);
                    e[2].set_sequence(2);
                    Rehash(e[2]);
                  },
                  "2: it does not follow the entry before it"},
        Tampering{"Doubled", [](Entries& e) { e.insert(e.begin() + 2, e[2]); },
                  "2: it stands at the wrong place (expected 3)"},
        Tampering{"Swapped", [](Entries& e) { std::swap(e[2], e[3]); },
                  "3: entries are missing before it (expected 2)"},
        Tampering{"SwappedAndRenumbered",
                  [](Entries& e) {
                    std::swap(e[2], e[3]);
                    e[2].set_sequence(2);
                    e[3].set_sequence(3);
                  },
                  "2: its moment, kind"},
        Tampering{"OfAnotherStore", [](Entries& e) { e[2] = SoundChain()[2]; },
                  "2: it does not follow the entry before it"},
        Tampering{"FirstOfAnotherStore", [](Entries& e) { e[0] = SoundChain()[0]; },
                  "1: it does not follow the entry before it"},
        Tampering{"NoFirst",
                  [](Entries& e) {
                    e.erase(e.begin());
                    e[0].set_sequence(0);
                    Rehash(e[0]);
                  },
                  "0: it is the first, and not that of a new store"},
        Tampering{"LaterFormat",
                  [](Entries& e) {
                    v1::AuditStoreCreated created;
                    created.set_format(2);
                    e[0].set_body(created.SerializeAsString());
                    Rehash(e[0]);
                  },
                  "0: the store has the format 2, and this version of Condyle reads 1"},
        Tampering{"All", [](Entries& e) { e.clear(); }, "end: there is no entry"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ChainCheck, NeedsAMarkToMissTheTail) {
  Entries entries = SoundChain();
  const std::string last = entries[4].hash();
  EXPECT_THAT(Check(entries, {{4, last}}), IsEmpty());
  entries.pop_back();
  EXPECT_THAT(Check(entries), IsEmpty()) << "nothing in the chain tells that it was longer";
  EXPECT_EQ(Check(entries, {{4, last}}), "end: entry 4, which was noted, is missing: the chain ends with 3");
}

TEST(ChainCheck, NeedsAMarkToKnowAChainThatWasMadeAnew) {
  const std::string noted = SoundChain()[2].hash();
  const Entries anew = SoundChain();
  EXPECT_THAT(Check(anew), IsEmpty());
  EXPECT_THAT(Check(anew, {{2, noted}}), HasSubstr("2: it is not the entry that was noted (expected " + noted));
}

TEST(ChainCheck, ChecksAPartFromItsFirstEntryOn) {
  Entries entries = SoundChain();
  entries.erase(entries.begin(), entries.begin() + 2);
  ChainCheck check;
  for (const v1::AuditEntry& entry : entries) EXPECT_THAT(check.Next(entry), IsEmpty());
  EXPECT_EQ(check.first(), 2u);
  EXPECT_THAT(check.store_id(), IsEmpty());
  EXPECT_EQ(Check(entries, {{1, std::string(64, 'a')}}),
            "end: entry 1, which was noted, is missing: the chain begins with 2");
}

TEST(ChainCheck, CountsMomentsThatGoBackAsNotices) {
  Entries entries = SoundChain();
  entries.resize(3);
  AuditDraft draft;
  draft.kind = v1::AUDIT_KIND_REFUSAL;
  entries.push_back(Chain(draft, Sha256Hex(""), AuditMark{2, entries[2].hash()}, "2026-04-30T09:00:00.000Z"));
  ChainCheck check;
  for (const v1::AuditEntry& entry : entries) EXPECT_THAT(check.Next(entry), IsEmpty());
  EXPECT_EQ(check.backward_moments(), 1u);
  EXPECT_EQ(check.first_backward_moment(), 3u);
}

TEST(AuditMark, IsReadBackAsItIsWritten) {
  const AuditMark mark{18446744073709551615u, std::string(64, 'f')};
  const auto read = MarkFromText(MarkToText(mark));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->sequence, mark.sequence);
  EXPECT_EQ(read->hash, mark.hash);
}

TEST(AuditMark, RefusesWhatIsNone) {
  const std::string hash(64, 'a');
  for (const std::string& text :
       {std::string(), hash, ":" + hash, std::string("1:"), "-1:" + hash, "1 :" + hash, "1:" + hash + "a",
        "1:" + std::string(64, 'A'), "18446744073709551616:" + hash, "1x:" + hash}) {
    EXPECT_FALSE(MarkFromText(text).ok()) << text;
  }
}

}  // namespace
}  // namespace condyle
