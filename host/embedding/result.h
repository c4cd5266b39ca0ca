// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What stands behind the handle cndh_result: an outcome whose formats are made when they are asked for.
#ifndef CONDYLE_HOST_EMBEDDING_RESULT_H_
#define CONDYLE_HOST_EMBEDDING_RESULT_H_

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "condyle/host.h"
#include "condyle/host/host.h"

namespace condyle::embedding {

// The status that callers in C get for one of ours.
cndh_status StatusOf(const absl::Status& status);

// Written by one thread, and then read by any number. Bytes that it gives live as long as it does.
class Result {
 public:
  // What a format is made with. May throw.
  using Maker = std::function<std::string()>;

  // Writing.
  cndh_status Fail(cndh_status status, std::string error);
  cndh_status Fail(const absl::Status& status) { return Fail(StatusOf(status), std::string(status.message())); }
  cndh_status Refuse(InputRefusal refusal);
  // The message that pointers lead into; makes formats "json" and "protobuf".
  void SetDocument(std::unique_ptr<google::protobuf::Message> document);
  void AddFormat(std::string name, Maker maker);
  void SetCancelled(bool cancelled) { cancelled_ = cancelled; }
  void SetAudit(AuditRecord record) { audit_ = std::move(record); }

  // Reading.
  cndh_status status() const { return status_; }
  const std::string& error() const { return error_; }
  const std::optional<InputRefusal>& refusal() const { return refusal_; }
  bool cancelled() const { return cancelled_; }
  const std::optional<AuditRecord>& audit() const { return audit_; }
  cndh_status Get(const std::string& format, cndh_bytes* bytes);
  cndh_status At(const std::string& pointer, cndh_bytes* value);
  cndh_status Count(const std::string& pointer, uint64_t* count) const;
  // Separated by blanks.
  const std::string& formats() const { return formats_; }

 private:
  cndh_status status_ = CNDH_OK;
  std::string error_;
  std::optional<InputRefusal> refusal_;
  bool cancelled_ = false;
  std::optional<AuditRecord> audit_;
  std::unique_ptr<google::protobuf::Message> document_;
  std::vector<std::pair<std::string, Maker>> makers_;

  // Strings stay where they are: what was given out points into them.
  std::mutex mutex_;
  std::map<std::string, std::string> made_;
  std::map<std::string, std::string> values_;
  std::string formats_;
};

inline cndh_bytes BytesOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace condyle::embedding

// What the handle points to.
struct cndh_result : condyle::embedding::Result {};

#endif  // CONDYLE_HOST_EMBEDDING_RESULT_H_
