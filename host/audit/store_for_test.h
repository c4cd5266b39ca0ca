// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the tests of the store share.
#ifndef CONDYLE_HOST_AUDIT_STORE_FOR_TEST_H_
#define CONDYLE_HOST_AUDIT_STORE_FOR_TEST_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/audit/audit_store.h"

namespace condyle {

// A directory that is removed with all that is in it.
class AuditFolder {
 public:
  AuditFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "condyle_audit_XXXXXX").string();
    if (mkdtemp(path.data()) != nullptr) path_ = path;
  }
  ~AuditFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  AuditFolder(const AuditFolder&) = delete;
  AuditFolder& operator=(const AuditFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string File(const std::string& name = "store") const { return path_ + "/" + name; }
  std::string Url(const std::string& name = "store") const { return "sqlite:" + File(name); }

 private:
  std::string path_;
};

// Where a test may have stores of one kind, that are removed with it.
class StorePlaces {
 public:
  virtual ~StorePlaces() = default;
  virtual std::string Url(const std::string& name) = 0;
};

struct StoreKind {
  const char* name;
  std::unique_ptr<StorePlaces> (*make)();
};

// The kind that this test program is about; each has it in a file of its own.
StoreKind KindOfThisProgram();

// What every kind of store does (store_contract_test.cc, token_store_test.cc).
class AuditStoreContract : public ::testing::TestWithParam<StoreKind> {
 protected:
  std::string Url(const std::string& name = "store") { return places_->Url(name); }

 private:
  const std::unique_ptr<StorePlaces> places_ = GetParam().make();
};

inline std::unique_ptr<AuditStore> MustOpen(const std::string& url, const AuditStoreOptions& options = {}) {
  auto store = OpenAuditStore(url, options);
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

inline std::unique_ptr<AuditStore> MustOpenToRead(const std::string& url) {
  AuditStoreOptions options;
  options.read_only = true;
  return MustOpen(url, options);
}

inline AuditDraft Draft(std::string body, v1::AuditKind kind = v1::AUDIT_KIND_REFUSAL) {
  AuditDraft draft;
  draft.kind = kind;
  draft.body = std::move(body);
  return draft;
}

// One entry; its mark, or the error.
inline absl::StatusOr<AuditMark> AppendOne(AuditStore& store, const std::string& body) {
  auto marks = store.Append({Draft(body)});
  if (!marks.ok()) return marks.status();
  return marks->at(0);
}

inline std::vector<v1::AuditEntry> ReadAll(AuditStore& store, const AuditFilter& filter = {}) {
  std::vector<v1::AuditEntry> entries;
  const absl::Status status = store.Read(filter, [&](const v1::AuditEntry& entry) {
    entries.push_back(entry);
    return true;
  });
  EXPECT_TRUE(status.ok()) << status;
  return entries;
}

// "sequence: fault", or "end: fault", of the first broken link; empty if there is none.
inline std::string Verify(AuditStore& store, std::map<uint64_t, std::string> expected = {}) {
  ChainCheck check(std::move(expected));
  std::string fault;
  const absl::Status status = store.Read({}, [&](const v1::AuditEntry& entry) {
    fault = check.Next(entry);
    if (!fault.empty()) fault = std::to_string(entry.sequence()) + ": " + fault;
    return fault.empty();
  });
  if (!fault.empty()) return fault;
  if (!status.ok()) return "unreadable: " + status.ToString();
  fault = check.End();
  return fault.empty() ? fault : "end: " + fault;
}

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_STORE_FOR_TEST_H_
