// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Requests are put together from serialised parts: a finding is serialised once, however many plugins read it.
#include "host/library/requests.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <array>

#include "absl/time/time.h"
#include "condyle/v1/assessment_request.pb.h"

namespace condyle {
namespace {

constexpr char kLocale[] = "en";

}  // namespace

RequestBuilder::RequestBuilder(const PluginCatalog& catalog) {
  for (const PluginFile& plugin : catalog.plugins) {
    auto number = static_cast<uint32_t>(plugins_.size());
    plugins_.push_back({plugin.manifest.uses_age(), plugin.manifest.uses_sex()});
    for (const v1::Input& input : plugin.manifest.inputs()) readers_[input.key()].push_back(number);
  }
}

std::string RequestBuilder::Head(const v1::Case& checked, size_t plugin) const {
  v1::AssessmentRequest request;
  request.set_locale(kLocale);
  request.set_as_of(checked.as_of());
  if (UsesAge(plugin) && checked.patient().age_case() == v1::Patient::kAgeYears) {
    request.mutable_patient()->set_age_years(checked.patient().age_years());
  }
  if (UsesSex(plugin) && checked.patient().sex() != v1::SEX_UNSPECIFIED) {
    request.mutable_patient()->set_sex(checked.patient().sex());
  }
  return request.SerializeAsString();
}

void RequestBuilder::AppendFinding(const v1::Finding& finding, std::string* request) {
  using google::protobuf::internal::WireFormatLite;
  constexpr uint32_t kTag =
      WireFormatLite::MakeTag(v1::AssessmentRequest::kFindingsFieldNumber, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  static_assert(kTag < 0x80, "one byte");
  std::array<uint8_t, 16> prefix;
  prefix[0] = kTag;
  const auto size = static_cast<uint32_t>(finding.ByteSizeLong());
  uint8_t* end = google::protobuf::io::CodedOutputStream::WriteVarint32ToArray(size, prefix.data() + 1);
  request->append(prefix.data(), end);
  finding.AppendToString(request);
}

const std::vector<uint32_t>& RequestBuilder::Readers(const std::string& key) const {
  static const std::vector<uint32_t> kNone;
  auto readers = readers_.find(key);
  return readers == readers_.end() ? kNone : readers->second;
}

std::vector<std::string> RequestBuilder::Build(const v1::Case& checked) const {
  std::vector<std::string> requests(plugins_.size());
  // What is the same for all, up to age and sex: four variants at most.
  std::array<std::string, 4> heads;
  for (size_t i = 0; i < plugins_.size(); ++i) {
    std::string& head = heads[UsesAge(i) * 2 + UsesSex(i)];
    if (head.empty()) head = Head(checked, i);
    requests[i].reserve(head.size() + 64 * checked.findings_size());
    requests[i] = head;
  }
  std::string part;
  for (const v1::Finding& finding : checked.findings()) {
    const std::vector<uint32_t>& readers = Readers(finding.key());
    if (readers.empty()) continue;
    part.clear();
    AppendFinding(finding, &part);
    for (uint32_t i : readers) requests[i] += part;
  }
  return requests;
}

std::optional<int64_t> UnixNanoseconds(const std::string& rfc3339) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, rfc3339, &time, &error)) return std::nullopt;
  if (time < absl::FromCivil(absl::CivilYear(1700), absl::UTCTimeZone()) ||
      time >= absl::FromCivil(absl::CivilYear(2262), absl::UTCTimeZone())) {
    return std::nullopt;
  }
  return absl::ToUnixNanos(time);
}

}  // namespace condyle
