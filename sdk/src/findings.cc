// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The index behind Findings.
#include "condyle/sdk/findings.h"

#include <bit>
#include <cstring>

namespace condyle {

// Reads a message field by field, as long as it is plain: see FromBytes.
class Findings::WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  // Whether all so far was plain.
  bool plain() const { return plain_; }

  // The number of the next field; 0 at the end, and where something is not plain.
  uint32_t Next() {
    if (rest_.empty() || !plain_) return 0;
    const uint64_t tag = Varint();
    field_ = static_cast<uint32_t>(tag >> 3);
    wire_type_ = static_cast<uint32_t>(tag & 7);
    if (tag >> 3 == 0 || tag >> 3 > kMostFields) return Give<uint32_t>();
    // `findings` is the one repeated field, and of the request; it says so itself.
    if ((seen_ & 1u << field_) != 0 && field_ != repeated_) return Give<uint32_t>();
    seen_ |= 1u << field_;
    return field_;
  }
  void Repeats(int field) { repeated_ = static_cast<uint32_t>(field); }

  uint64_t Number() { return wire_type_ == 0 ? Varint() : Give<uint64_t>(); }

  double Double() {
    uint64_t bits = 0;
    if (wire_type_ != 1 || rest_.size() < sizeof(bits)) return Give<double>();
    std::memcpy(&bits, rest_.data(), sizeof(bits));
    rest_.remove_prefix(sizeof(bits));
    return std::bit_cast<double>(bits);
  }

  std::string_view Bytes() {
    const uint64_t size = wire_type_ == 2 ? Varint() : Give<uint64_t>();
    if (!plain_ || size > rest_.size()) return Give<std::string_view>();
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  std::string_view Text() {
    const std::string_view text = Bytes();
    unsigned char bits = 0;
    for (const char c : text) bits |= static_cast<unsigned char>(c);
    return bits < 0x80 ? text : Give<std::string_view>();
  }

  template <typename Value>
  Value Give() {
    plain_ = false;
    return Value();
  }

  static bool QuantityOf(std::string_view bytes, double* value) {
    WireReader in(bytes);
    while (const uint32_t field = in.Next()) {
      switch (field) {
        case v1::Quantity::kValueFieldNumber:
          *value = in.Double();
          break;
        case v1::Quantity::kUnitFieldNumber:
          in.Text();
          break;
        default:
          return false;
      }
    }
    return in.plain();
  }

  static bool FindingOf(std::string_view bytes, Entry* entry) {
    WireReader in(bytes);
    while (const uint32_t field = in.Next()) {
      switch (field) {
        case v1::Finding::kKeyFieldNumber:
          entry->key = in.Text();
          break;
        case v1::Finding::kSideFieldNumber:
          entry->side = static_cast<v1::Side>(in.Number());
          if (!v1::Side_IsValid(entry->side)) return false;
          break;
        case v1::Finding::kObservedAtFieldNumber:
        case v1::Finding::kSourceFieldNumber:
          in.Text();
          break;
        default:
          if (!ValueOf(field, &in, entry)) return false;
      }
    }
    return in.plain();
  }

  // At most one.
  static bool ValueOf(uint32_t field, WireReader* in, Entry* entry) {
    if (entry->kind != v1::Finding::VALUE_NOT_SET) return false;
    entry->kind = static_cast<v1::Finding::ValueCase>(field);
    switch (entry->kind) {
      case v1::Finding::kPresent:
        entry->present = in->Number() != 0;
        return true;
      case v1::Finding::kQuantity:
        return QuantityOf(in->Bytes(), &entry->quantity);
      case v1::Finding::kCode:
      case v1::Finding::kText:
        entry->text = in->Text();
        return true;
      default:
        return false;
    }
  }

  static bool PatientOf(std::string_view bytes, Findings* findings) {
    WireReader in(bytes);
    while (const uint32_t field = in.Next()) {
      switch (field) {
        case v1::Patient::kAgeYearsFieldNumber:
          findings->age_years_ = in.Double();
          break;
        case v1::Patient::kSexFieldNumber:
          findings->sex_ = static_cast<v1::Sex>(in.Number());
          if (!v1::Sex_IsValid(findings->sex_)) return false;
          break;
        default:
          return false;
      }
    }
    return in.plain();
  }

  // The messages of a request: true if they are plain.
  static bool Request(std::string_view bytes, Findings* findings) {
    WireReader in(bytes);
    in.Repeats(v1::AssessmentRequest::kFindingsFieldNumber);
    while (const uint32_t field = in.Next()) {
      switch (field) {
        case v1::AssessmentRequest::kLocaleFieldNumber:
          in.Text();
          break;
        case v1::AssessmentRequest::kAsOfFieldNumber:
          findings->as_of_ = in.Text();
          break;
        case v1::AssessmentRequest::kPatientFieldNumber:
          if (!PatientOf(in.Bytes(), findings)) return false;
          break;
        case v1::AssessmentRequest::kFindingsFieldNumber:
          if (!FindingOf(in.Bytes(), &findings->entries_.emplace_back())) return false;
          break;
        default:
          return false;
      }
    }
    return in.plain();
  }

 private:
  static constexpr uint32_t kMostFields = 31;

  uint64_t Varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 63 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    return Give<uint64_t>();
  }

  std::string_view rest_;
  bool plain_ = true;
  uint32_t field_ = 0;
  uint32_t wire_type_ = 0;
  uint32_t seen_ = 0;
  uint32_t repeated_ = 0;
};

Findings::Findings(const v1::AssessmentRequest& request) : as_of_(request.as_of()) {
  if (request.patient().age_case() == v1::Patient::kAgeYears) age_years_ = request.patient().age_years();
  sex_ = request.patient().sex();
  entries_.reserve(static_cast<size_t>(request.findings_size()));
  for (const v1::Finding& finding : request.findings()) {
    entries_.push_back({.key = finding.key(),
                        .side = finding.side(),
                        .kind = finding.value_case(),
                        .present = finding.present(),
                        .quantity = finding.quantity().value(),
                        .text = finding.value_case() == v1::Finding::kText ? finding.text() : finding.code()});
  }
  FillSlots();
}

std::optional<Findings> Findings::FromBytes(std::string_view request) {
  Findings findings;
  findings.entries_.reserve(64);
  if (!WireReader::Request(request, &findings)) return std::nullopt;
  findings.FillSlots();
  return findings;
}

void Findings::FillSlots() {
  slots_.resize(std::bit_ceil(entries_.size() * 2 + 2));
  const size_t mask = slots_.size() - 1;
  for (size_t i = 0; i < entries_.size(); ++i) {
    size_t slot = HashKey(entries_[i].key) & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<uint32_t>(i) + 1;
  }
}

const Findings::Entry* Findings::Find(const InputKey& input, v1::Side side) const {
  const size_t mask = slots_.size() - 1;
  for (size_t slot = input.hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const Entry& entry = entries_[slots_[slot] - 1];
    if (entry.side == side && entry.key == input.key) return &entry;
  }
  return nullptr;
}

Truth Findings::ReadBoolean(const Entry* entry) {
  return entry != nullptr && entry->kind == v1::Finding::kPresent ? ToTruth(entry->present) : Truth::kUnknown;
}

std::optional<double> Findings::ReadValue(const Entry* entry) {
  if (entry == nullptr || entry->kind != v1::Finding::kQuantity) return std::nullopt;
  return entry->quantity;
}

std::optional<std::string_view> Findings::ReadCode(const Entry* entry) {
  if (entry == nullptr || entry->kind != v1::Finding::kCode) return std::nullopt;
  return entry->text;
}

namespace {

Truth Matches(std::optional<std::string_view> code, AnswerCode answer) {
  return code ? ToTruth(*code == answer.code) : Truth::kUnknown;
}

}  // namespace

Truth Findings::Is(const BooleanInput& input) const { return ReadBoolean(Find(input, v1::SIDE_UNSPECIFIED)); }

SidedTruth Findings::Sided(const SidedBooleanInput& input) const {
  return {.left = ReadBoolean(Find(input, v1::SIDE_LEFT)),
          .right = ReadBoolean(Find(input, v1::SIDE_RIGHT)),
          .unsaid = ReadBoolean(Find(input, v1::SIDE_UNSPECIFIED))};
}

std::optional<double> Findings::Value(const QuantityInput& input) const {
  return ReadValue(Find(input, v1::SIDE_UNSPECIFIED));
}

std::optional<double> Findings::Value(const SidedQuantityInput& input, Side side) const {
  return ReadValue(Find(input, ToProto(side)));
}

std::optional<double> Findings::ValueOfUnsaidSide(const SidedQuantityInput& input) const {
  return ReadValue(Find(input, v1::SIDE_UNSPECIFIED));
}

std::optional<std::string_view> Findings::Code(const CodedInput& input) const {
  return ReadCode(Find(input, v1::SIDE_UNSPECIFIED));
}

std::optional<std::string_view> Findings::Code(const SidedCodedInput& input, Side side) const {
  return ReadCode(Find(input, ToProto(side)));
}

Truth Findings::Is(const CodedInput& input, AnswerCode answer) const { return Matches(Code(input), answer); }

Truth Findings::Is(const SidedCodedInput& input, Side side, AnswerCode answer) const {
  return Matches(Code(input, side), answer);
}

SidedTruth Findings::Sided(const SidedCodedInput& input, AnswerCode answer) const {
  return {.left = Is(input, Side::kLeft, answer),
          .right = Is(input, Side::kRight, answer),
          .unsaid = Matches(ReadCode(Find(input, v1::SIDE_UNSPECIFIED)), answer)};
}

std::optional<std::string_view> Findings::Date(const DateInput& input) const {
  const Entry* entry = Find(input, v1::SIDE_UNSPECIFIED);
  if (entry == nullptr || entry->kind != v1::Finding::kText) return std::nullopt;
  return entry->text;
}

}  // namespace condyle
