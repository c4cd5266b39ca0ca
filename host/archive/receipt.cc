// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes, seals, writes and reads archived receipts.
#include "host/archive/receipt.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wire_format_lite.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/report/report.h"
#include "host/trust/own_file.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace {

std::string Serialise(const google::protobuf::Message& message) {
  std::string bytes(message.ByteSizeLong(), '\0');
  {
    google::protobuf::io::ArrayOutputStream stream(bytes.data(), static_cast<int>(bytes.size()));
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    message.SerializeWithCachedSizes(&out);
  }
  return bytes;
}

// A serialised message as it would be without this field: cheaper than a copy of some thousand strings without it.
std::string WithoutField(std::string bytes, int number) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  for (int begin = 0;; begin = in.CurrentPosition()) {
    const uint32_t tag = in.ReadTag();
    if (tag == 0 || !WireFormatLite::SkipField(&in, tag)) return bytes;
    if (WireFormatLite::GetTagFieldNumber(tag) != number) continue;
    bytes.erase(static_cast<size_t>(begin), static_cast<size_t>(in.CurrentPosition() - begin));
    return bytes;
  }
}

// Null if it did not fail. Answers that break the rules are found after the call, by reconciliation.
const v1::PluginFailure* FailureOf(const std::string& plugin_id, const v1::Consultation& consultation) {
  const auto& failures = consultation.plugin_failures();
  const auto at = std::find_if(failures.begin(), failures.end(),
                               [&](const v1::PluginFailure& failure) { return failure.plugin_id() == plugin_id; });
  return at == failures.end() ? nullptr : &*at;
}

std::string HashOf(const std::string& bytes) { return bytes.empty() ? std::string() : Sha256Hex(bytes); }

std::string Contradiction(const v1::ArchivedReceipt& archive) {
  if (archive.receipt().case_sha256() != Sha256Hex(Serialise(archive.checked_case()))) {
    return "receipt.caseSha256 is not of checkedCase";
  }
  if (archive.calls_size() != archive.receipt().plugins_size()) return "calls and receipt.plugins differ in number";
  for (int i = 0; i < archive.calls_size(); ++i) {
    const v1::ArchivedCall& call = archive.calls(i);
    const v1::PluginRun& run = archive.receipt().plugins(i);
    const std::string at = absl::StrCat("calls[", i, "]");
    if (call.plugin_id() != run.plugin_id())
      return absl::StrCat(at, " is of another plugin than receipt.plugins[", i, "]");
    if (HashOf(call.request()) != run.request_sha256()) return absl::StrCat(at, ".request does not have its SHA-256");
    if (HashOf(call.response()) != run.response_sha256())
      return absl::StrCat(at, ".response does not have its SHA-256");
  }
  return {};
}

}  // namespace

const std::string& ProgramSha256() {
  static const std::string* const kHash = [] {
    auto* hash = new std::string;
    const int program = OpenOwnFile();
    if (program < 0) return hash;
    struct stat status {};
    const size_t size = fstat(program, &status) == 0 ? static_cast<size_t>(status.st_size) : 0;
    void* const bytes = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, program, 0);
    close(program);
    if (bytes == MAP_FAILED) return hash;
    *hash = Sha256Hex({static_cast<const char*>(bytes), size});
    munmap(bytes, size);
    return hash;
  }();
  return *kHash;
}

void AddHashes(const v1::Case& checked_case, const std::vector<std::string>& requests,
               const std::vector<Reply>& replies, v1::Receipt* receipt) {
  receipt->set_host_sha256(ProgramSha256());
  receipt->set_case_sha256(Sha256Hex(Serialise(checked_case)));
  for (int i = 0; i < receipt->plugins_size(); ++i) {
    const auto at = static_cast<size_t>(i);
    v1::PluginRun* run = receipt->mutable_plugins(i);
    if (at < requests.size()) run->set_request_sha256(HashOf(requests[at]));
    if (at < replies.size() && !replies[at].failure) run->set_response_sha256(HashOf(replies[at].response));
  }
}

v1::ArchivedReceipt MakeArchive(const v1::Case& checked_case, const std::vector<std::string>& requests,
                                const std::vector<Reply>& replies, const v1::Consultation& consultation) {
  v1::ArchivedReceipt archive;
  archive.set_format(kArchiveFormat);
  *archive.mutable_receipt() = consultation.receipt();
  *archive.mutable_checked_case() = checked_case;
  for (int i = 0; i < consultation.receipt().plugins_size(); ++i) {
    const auto at = static_cast<size_t>(i);
    v1::ArchivedCall* call = archive.add_calls();
    call->set_plugin_id(consultation.receipt().plugins(i).plugin_id());
    if (at < requests.size()) call->set_request(requests[at]);
    if (at < replies.size() && !replies[at].failure) call->set_response(replies[at].response);
    if (const v1::PluginFailure* failure = FailureOf(call->plugin_id(), consultation))
      *call->mutable_failure() = *failure;
  }
  archive.set_case_id(consultation.case_id());
  archive.set_consultation_sha256(ConsultationSha256(consultation));
  archive.set_seal(SealOf(archive));
  return archive;
}

std::string ConsultationSha256(const v1::Consultation& consultation) {
  return Sha256Hex(WithoutField(Serialise(consultation), v1::Consultation::kReceiptFieldNumber));
}

std::string SealOf(const v1::ArchivedReceipt& archive) {
  if (archive.seal().empty()) return Sha256Hex(Serialise(archive));
  v1::ArchivedReceipt unsealed = archive;
  unsealed.clear_seal();
  return Sha256Hex(Serialise(unsealed));
}

std::string FindDamage(const v1::ArchivedReceipt& archive) {
  if (archive.format() != kArchiveFormat) {
    return absl::StrCat("format is ", archive.format(), ", and this version of Condyle reads ", kArchiveFormat,
                        archive.format() > kArchiveFormat ? "; use the version that wrote it, or a later one" : "");
  }
  if (archive.seal().empty()) return "seal is missing: this is no whole receipt";
  if (archive.seal() != SealOf(archive)) {
    return "the seal does not fit: the receipt was damaged or changed after it was written; use another copy";
  }
  const std::string contradiction = Contradiction(archive);
  return contradiction.empty() ? std::string() : absl::StrCat("the receipt contradicts itself: ", contradiction);
}

absl::StatusOr<std::string> ArchiveToJson(const v1::ArchivedReceipt& archive) {
  std::string json = ToJson(archive) + "\n";
  const ReadArchive again = ArchiveFromJson(json);
  if (!again.refusal.empty() || Serialise(again.archive) != Serialise(archive)) {
    return absl::InternalError(
        absl::StrCat("the receipt cannot be written so that it could be read back",
                     again.refusal.empty() ? std::string() : absl::StrCat(" (", again.refusal, ")"),
                     "; this happens if the path of a plugin is not UTF-8"));
  }
  return json;
}

ReadArchive ArchiveFromJson(std::string_view json) {
  ReadArchive read;
  const google::protobuf::StringPiece text(json.data(), json.size());
  const auto strict = google::protobuf::util::JsonStringToMessage(text, &read.archive);
  if (strict.ok()) {
    read.refusal = FindDamage(read.archive);
    return read;
  }
  // A later format may have fields that are not known here: then its number says more than the parser.
  google::protobuf::util::JsonParseOptions lenient;
  lenient.ignore_unknown_fields = true;
  v1::ArchivedReceipt later;
  if (google::protobuf::util::JsonStringToMessage(text, &later, lenient).ok() && later.format() > kArchiveFormat) {
    read.refusal = FindDamage(later);
    return read;
  }
  // The parser's own words would quote the patient's data.
  read.refusal = "is no JSON of a condyle.v1.ArchivedReceipt as condyle assess --receipt writes it, or is damaged";
  return read;
}

}  // namespace condyle
