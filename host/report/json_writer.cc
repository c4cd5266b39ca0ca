// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Canonical proto3 JSON by reflection over field tables that are worked out once per message type. Protobuf's own
// printer goes through a serialised copy and a dynamic type resolver; this one reads the message as it stands.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/report/report.h"

namespace condyle {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

struct MessageTable;

struct FieldEntry {
  const FieldDescriptor* field;
  FieldDescriptor::CppType type;
  bool repeated;
  std::string name;  // "jsonName": with quotes and colon
  const MessageTable* message = nullptr;
  // Enumerations: names with quotes by number, for the numbers from 0 on; others are looked up.
  std::vector<std::string> enum_names;
};

struct MessageTable {
  std::vector<FieldEntry> fields;  // by number, as protobuf prints them
  bool supported = true;
};

// Tables of all types seen so far. They are made once, never freed, and linked to each other, so that a message costs
// one lookup.
class Tables {
 public:
  const MessageTable& Of(const Descriptor* type) {
    {
      std::shared_lock lock(mutex_);
      auto at = tables_.find(type);
      if (at != tables_.end()) return *at->second;
    }
    std::unique_lock lock(mutex_);
    return Make(type);
  }

 private:
  const MessageTable& Make(const Descriptor* type) {
    auto [at, is_new] = tables_.try_emplace(type);
    if (!is_new) return *at->second;
    at->second = std::make_unique<MessageTable>();
    MessageTable& table = *at->second;
    std::vector<const FieldDescriptor*> fields;
    for (int i = 0; i < type->field_count(); ++i) fields.push_back(type->field(i));
    std::sort(fields.begin(), fields.end(), [](auto* a, auto* b) { return a->number() < b->number(); });
    table.supported = type->file()->package() == "condyle.v1";
    for (const FieldDescriptor* field : fields) {
      FieldEntry entry{field, field->cpp_type(), field->is_repeated(), "\"" + field->json_name() + "\":", nullptr, {}};
      if (field->is_map() || field->type() == FieldDescriptor::TYPE_BYTES) table.supported = false;
      if (const EnumDescriptor* values = field->enum_type()) {
        for (int number = 0; const auto* value = values->FindValueByNumber(number); ++number) {
          entry.enum_names.push_back("\"" + value->name() + "\"");
        }
      }
      if (field->message_type() != nullptr) {
        entry.message = &Make(field->message_type());
        table.supported = table.supported && entry.message->supported;
      }
      table.fields.push_back(std::move(entry));
    }
    return table;
  }

  std::shared_mutex mutex_;
  std::unordered_map<const Descriptor*, std::unique_ptr<MessageTable>> tables_;
};

Tables& AllTables() {
  static Tables* tables = new Tables;
  return *tables;
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void Write(const Message& message, const MessageTable& table) {
    const Reflection& reflection = *message.GetReflection();
    out_ += '{';
    bool first = true;
    auto begin = [&](const FieldEntry& entry) {
      if (!first) out_ += ',';
      first = false;
      out_ += entry.name;
    };
    for (const FieldEntry& entry : table.fields) {
      if (entry.repeated) {
        int size = reflection.FieldSize(message, entry.field);
        if (size == 0) continue;
        begin(entry);
        out_ += '[';
        WriteRepeated(message, reflection, entry, size);
        out_ += ']';
      } else if (reflection.HasField(message, entry.field)) {
        // Also true of a scalar of a oneof that is set to its default, which has to be printed.
        begin(entry);
        WriteSingle(message, reflection, entry);
      }
    }
    out_ += '}';
  }

 private:
  void WriteSingle(const Message& m, const Reflection& r, const FieldEntry& e) {
    switch (e.type) {
      case FieldDescriptor::CPPTYPE_STRING:
        return String(r.GetStringReference(m, e.field, &scratch_));
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Write(r.GetMessage(m, e.field), *e.message);
      case FieldDescriptor::CPPTYPE_ENUM:
        return Enum(e, r.GetEnumValue(m, e.field));
      case FieldDescriptor::CPPTYPE_BOOL:
        return Bool(r.GetBool(m, e.field));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return Double(r.GetDouble(m, e.field));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return Float(r.GetFloat(m, e.field));
      case FieldDescriptor::CPPTYPE_INT32:
        return Integer(r.GetInt32(m, e.field));
      case FieldDescriptor::CPPTYPE_UINT32:
        return Integer(r.GetUInt32(m, e.field));
      case FieldDescriptor::CPPTYPE_INT64:
        return QuotedInteger(r.GetInt64(m, e.field));
      case FieldDescriptor::CPPTYPE_UINT64:
        return QuotedInteger(r.GetUInt64(m, e.field));
    }
  }

  void WriteRepeated(const Message& m, const Reflection& r, const FieldEntry& e, int size) {
    auto each = [&](auto&& write) {
      for (int i = 0; i < size; ++i) {
        if (i > 0) out_ += ',';
        write(i);
      }
    };
    const FieldDescriptor* f = e.field;
    switch (e.type) {
      case FieldDescriptor::CPPTYPE_STRING:
        return each([&](int i) { String(r.GetRepeatedStringReference(m, f, i, &scratch_)); });
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return each([&](int i) { Write(r.GetRepeatedMessage(m, f, i), *e.message); });
      case FieldDescriptor::CPPTYPE_ENUM:
        return each([&](int i) { Enum(e, r.GetRepeatedEnumValue(m, f, i)); });
      case FieldDescriptor::CPPTYPE_BOOL:
        return each([&](int i) { Bool(r.GetRepeatedBool(m, f, i)); });
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return each([&](int i) { Double(r.GetRepeatedDouble(m, f, i)); });
      case FieldDescriptor::CPPTYPE_FLOAT:
        return each([&](int i) { Float(r.GetRepeatedFloat(m, f, i)); });
      case FieldDescriptor::CPPTYPE_INT32:
        return each([&](int i) { Integer(r.GetRepeatedInt32(m, f, i)); });
      case FieldDescriptor::CPPTYPE_UINT32:
        return each([&](int i) { Integer(r.GetRepeatedUInt32(m, f, i)); });
      case FieldDescriptor::CPPTYPE_INT64:
        return each([&](int i) { QuotedInteger(r.GetRepeatedInt64(m, f, i)); });
      case FieldDescriptor::CPPTYPE_UINT64:
        return each([&](int i) { QuotedInteger(r.GetRepeatedUInt64(m, f, i)); });
    }
  }

  // False if none of eight characters needs an escape. May be true without need.
  static bool MayNeedEscape(const char* eight) {
    constexpr uint64_t kOnes = 0x0101010101010101, kHighBits = 0x8080808080808080;
    uint64_t word;
    std::memcpy(&word, eight, sizeof(word));
    const auto has_zero = [](uint64_t x) { return (x - kOnes) & ~x & kHighBits; };
    const uint64_t below_space = (word - kOnes * 0x20) & ~word & kHighBits;
    return (below_space | has_zero(word ^ (kOnes * '"')) | has_zero(word ^ (kOnes * '\\')) |
            has_zero(word ^ (kOnes * 0x7f)) | has_zero(word ^ (kOnes * 0xc2))) != 0;
  }

  // Runs of plain characters are copied whole.
  void String(const std::string& text) {
    out_ += '"';
    const char* run = text.data();
    const char* end = run + text.size();
    for (const char* p = run; p != end; ++p) {
      while (end - p > 8 && !MayNeedEscape(p)) p += 8;
      auto c = static_cast<unsigned char>(*p);
      const bool c1 = c == 0xc2 && end - p > 1 && static_cast<unsigned char>(p[1]) < 0xa0;  // U+0080 to U+009F
      if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f && !c1) continue;
      out_.append(run, p);
      if (c1) c = static_cast<unsigned char>(*++p);
      run = p + 1;
      switch (c) {
        case '"':
          out_ += "\\\"";
          break;
        case '\\':
          out_ += "\\\\";
          break;
        case '\n':
          out_ += "\\n";
          break;
        case '\r':
          out_ += "\\r";
          break;
        case '\t':
          out_ += "\\t";
          break;
        default: {
          constexpr char kHex[] = "0123456789abcdef";
          out_ += "\\u00";
          out_ += kHex[c >> 4];
          out_ += kHex[c & 15];
        }
      }
    }
    out_.append(run, end);
    out_ += '"';
  }

  void Enum(const FieldEntry& entry, int number) {
    if (number >= 0 && number < static_cast<int>(entry.enum_names.size())) {
      out_ += entry.enum_names[number];
    } else if (const auto* value = entry.field->enum_type()->FindValueByNumber(number)) {
      out_ += '"';
      out_ += value->name();
      out_ += '"';
    } else {
      Integer(number);
    }
  }

  void Bool(bool value) { out_ += value ? "true" : "false"; }

  template <typename T>
  void Integer(T value) {
    std::array<char, 24> buffer;
    out_.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr);
  }

  template <typename T>
  void QuotedInteger(T value) {
    out_ += '"';
    Integer(value);
    out_ += '"';
  }

  // As protobuf prints numbers: %.15g (%.6g), and if that does not read back as the same number %.17g (%.9g).
  void Double(double value) {
    // Whole numbers, the usual case. Minus zero is none of them.
    if (value == std::trunc(value) && std::abs(value) < 1e15 && !(value == 0 && std::signbit(value))) {
      Integer(static_cast<int64_t>(value));
      return;
    }
    Number(value, std::array{15, 17});
  }
  void Float(float value) { Number(value, std::array{6, 9}); }

  template <typename T, size_t n>
  void Number(T value, const std::array<int, n>& digits) {
    if (!std::isfinite(value)) {
      out_ += std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
      return;
    }
    std::array<char, 40> buffer;
    for (size_t i = 0; i < n; ++i) {
      char* end =
          std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, digits[i]).ptr;
      T back{};
      bool read = std::from_chars(buffer.data(), end, back).ec == std::errc();
      if (i + 1 == n || (read && back == value)) {
        out_.append(buffer.data(), end);
        return;
      }
    }
  }

  std::string& out_;
  std::string scratch_;
};

}  // namespace

std::string ToJson(const Message& message) {
  std::string out;
  const MessageTable& table = AllTables().Of(message.GetDescriptor());
  if (!table.supported) {
    // Not one of ours: correct, if slow.
    auto status = google::protobuf::util::MessageToJsonString(message, &out);
    return status.ok() ? out : std::string();
  }
  out.reserve(4096);
  Writer(out).Write(message, table);
  return out;
}

}  // namespace condyle
