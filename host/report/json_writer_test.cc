// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// JSON against protobuf's own printer and parser, over random messages of every type of the package.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "condyle/v1/assessment_request.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "condyle/v1/pack.pb.h"
#include "host/report/report.h"

namespace condyle {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string ProtobufJson(const Message& message) {
  std::string out;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &out).ok());
  return out;
}

void AppendUtf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

// JSON text with one way of writing each character: the only freedom that ToJson has.
std::string WithPlainEscapes(const std::string& json) {
  std::string out;
  for (size_t i = 0; i < json.size(); ++i) {
    uint32_t c = 0;
    bool quoted = false;
    if (json[i] != '\\') {
      if (json[i] != 0x7f) {
        out += json[i];
        continue;
      }
      c = 0x7f;
    } else if (++i; json[i] == 'u') {
      c = static_cast<uint32_t>(std::stoul(json.substr(i + 1, 4), nullptr, 16));
      i += 4;
      if (c >= 0xd800 && c < 0xdc00) {
        c = 0x10000 + ((c - 0xd800) << 10) +
            (static_cast<uint32_t>(std::stoul(json.substr(i + 3, 4), nullptr, 16)) - 0xdc00);
        i += 6;
      }
      quoted = c == '"' || c == '\\';
    } else {
      const std::string names = "bfnrt", values = "\b\f\n\r\t";
      size_t at = names.find(json[i]);
      c = static_cast<unsigned char>(at == std::string::npos ? json[i] : values[at]);
      quoted = c == '"' || c == '\\';
    }
    if (c < 0x20 || c == 0x7f) {
      out += "<" + std::to_string(c) + ">";
    } else {
      if (quoted) out += '\\';
      AppendUtf8(out, c);
    }
  }
  return out;
}

// Random, seeded: the same messages in every run.
class Randomly {
 public:
  explicit Randomly(uint32_t seed) : random_(seed) {}

  void Fill(Message& message, int depth = 0) {
    const Descriptor& type = *message.GetDescriptor();
    const Reflection& r = *message.GetReflection();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* f = type.field(i);
      if (Below(3) == 0) continue;
      int count = f->is_repeated() ? Below(depth < 2 ? 4 : 2) : 1;
      for (int k = 0; k < count; ++k) Set(message, r, f, depth);
    }
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  uint64_t Bits() { return (static_cast<uint64_t>(random_()) << 32) | random_(); }

  std::string Text() {
    static const std::vector<uint32_t> kOdd = {0,      1,      '\b',   '\t',   '\n',   '\f',    '\r',    0x1b,
                                               0x1f,   '"',    '\\',   '/',    '<',    '>',     '&',     '\'',
                                               0x7f,   0x80,   0xa0,   0xad,   0x2028, 0x2029,  0xe9,    0x3b1,
                                               0x2013, 0x2265, 0xfeff, 0xfffd, 0xffff, 0x1f9b4, 0x10ffff};
    std::string out;
    for (int n = Below(12); n > 0; --n) {
      AppendUtf8(out, Below(3) == 0 ? kOdd[static_cast<size_t>(Below(static_cast<int>(kOdd.size())))]
                                    : static_cast<uint32_t>('a' + Below(26)));
    }
    return out;
  }

  double Number() {
    switch (Below(6)) {
      case 0:
        return Below(1000) - 500;
      case 1:
        return (Below(2000) - 1000) / 100.0;
      case 2:
        return std::ldexp(1.0 + Below(1000) / 1000.0, Below(200) - 100);
      case 3:
        return static_cast<double>(static_cast<int64_t>(Bits()));
      case 4: {
        static const std::vector<double> kOdd = {0.0,
                                                 0.1 + 0.2,
                                                 1e-7,
                                                 1e15,
                                                 1e21,
                                                 999999999999999.0,
                                                 1e16,
                                                 5e-324,
                                                 std::numeric_limits<double>::max(),
                                                 std::numeric_limits<double>::infinity(),
                                                 -std::numeric_limits<double>::infinity(),
                                                 std::numeric_limits<double>::quiet_NaN()};
        return kOdd[static_cast<size_t>(Below(static_cast<int>(kOdd.size())))];
      }
      default: {
        double value;
        uint64_t bits = Bits();
        static_assert(sizeof value == sizeof bits);
        std::memcpy(&value, &bits, sizeof value);
        return std::isnan(value) ? 0.35 : value;  // NaNs other than the quiet one have no name in JSON
      }
    }
  }

  void Set(Message& m, const Reflection& r, const FieldDescriptor* f, int depth) {
    bool many = f->is_repeated();
    switch (f->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return many ? r.AddString(&m, f, Text()) : r.SetString(&m, f, Text());
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return many ? r.AddDouble(&m, f, Number()) : r.SetDouble(&m, f, Number());
      case FieldDescriptor::CPPTYPE_FLOAT: {
        auto value = static_cast<float>(Below(100000)) / 7.0F;
        return many ? r.AddFloat(&m, f, value) : r.SetFloat(&m, f, value);
      }
      case FieldDescriptor::CPPTYPE_BOOL:
        return many ? r.AddBool(&m, f, Below(2) == 1) : r.SetBool(&m, f, Below(2) == 1);
      case FieldDescriptor::CPPTYPE_ENUM: {
        int value = Below(10);  // values beyond the enumeration too
        return many ? r.AddEnumValue(&m, f, value) : r.SetEnumValue(&m, f, value);
      }
      case FieldDescriptor::CPPTYPE_INT32: {
        auto value = static_cast<int32_t>(random_());
        return many ? r.AddInt32(&m, f, value) : r.SetInt32(&m, f, value);
      }
      case FieldDescriptor::CPPTYPE_UINT32:
        return many ? r.AddUInt32(&m, f, static_cast<uint32_t>(random_()))
                    : r.SetUInt32(&m, f, static_cast<uint32_t>(random_()));
      case FieldDescriptor::CPPTYPE_INT64: {
        auto value = static_cast<int64_t>(Bits());
        return many ? r.AddInt64(&m, f, value) : r.SetInt64(&m, f, value);
      }
      case FieldDescriptor::CPPTYPE_UINT64:
        return many ? r.AddUInt64(&m, f, Bits()) : r.SetUInt64(&m, f, Bits());
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth < 6) Fill(many ? *r.AddMessage(&m, f) : *r.MutableMessage(&m, f), depth + 1);
    }
  }

  std::mt19937 random_;
};

void ExpectSameAsProtobuf(const Message& message) {
  std::string json = ToJson(message);
  ASSERT_EQ(WithPlainEscapes(json), WithPlainEscapes(ProtobufJson(message))) << message.GetDescriptor()->full_name();
  std::unique_ptr<Message> back(message.New());
  auto status = google::protobuf::util::JsonStringToMessage(json, back.get());
  ASSERT_TRUE(status.ok()) << status.message() << "\n" << json;
  ASSERT_EQ(back->SerializeAsString(), message.SerializeAsString()) << json;
}

TEST(ToJson, IsWhatProtobufPrintsAndReadsBackForEveryType) {
  int types = 0;
  for (const FileDescriptor* file : {v1::Case::descriptor()->file(), v1::PluginManifest::descriptor()->file(),
                                     v1::Assessment::descriptor()->file(), v1::AssessmentRequest::descriptor()->file(),
                                     v1::Consultation::descriptor()->file(), v1::Pack::descriptor()->file()}) {
    for (int i = 0; i < file->message_type_count(); ++i, ++types) {
      const Descriptor* type = file->message_type(i);
      const Message* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
      Randomly random(static_cast<uint32_t>(types + 1));
      for (int round = 0; round < 120; ++round) {
        std::unique_ptr<Message> message(prototype->New());
        random.Fill(*message);
        ExpectSameAsProtobuf(*message);
        if (HasFatalFailure()) return;
      }
    }
  }
  EXPECT_GT(types, 35);
}

// Field types that the messages do not have yet.
TEST(ToJson, IsWhatProtobufPrintsForEveryScalar) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("every_scalar.proto");
  file.set_package("condyle.v1");
  file.set_syntax("proto3");
  google::protobuf::DescriptorProto* type = file.add_message_type();
  type->set_name("EveryScalar");
  int number = 1;
  for (auto scalar :
       {google::protobuf::FieldDescriptorProto::TYPE_INT32, google::protobuf::FieldDescriptorProto::TYPE_UINT32,
        google::protobuf::FieldDescriptorProto::TYPE_INT64, google::protobuf::FieldDescriptorProto::TYPE_UINT64,
        google::protobuf::FieldDescriptorProto::TYPE_SINT64, google::protobuf::FieldDescriptorProto::TYPE_FIXED32,
        google::protobuf::FieldDescriptorProto::TYPE_FLOAT, google::protobuf::FieldDescriptorProto::TYPE_DOUBLE,
        google::protobuf::FieldDescriptorProto::TYPE_BOOL}) {
    for (auto label : {google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL,
                       google::protobuf::FieldDescriptorProto::LABEL_REPEATED}) {
      google::protobuf::FieldDescriptorProto* field = type->add_field();
      field->set_name("the_field_" + std::to_string(number));
      field->set_number(number++);
      field->set_type(scalar);
      field->set_label(label);
    }
  }
  google::protobuf::DescriptorPool pool;
  const FileDescriptor* built = pool.BuildFile(file);
  ASSERT_NE(built, nullptr);
  google::protobuf::DynamicMessageFactory factory;
  Randomly random(7);
  for (int round = 0; round < 500; ++round) {
    std::unique_ptr<Message> message(factory.GetPrototype(built->message_type(0))->New());
    random.Fill(*message);
    ASSERT_EQ(ToJson(*message), ProtobufJson(*message));
  }
}

TEST(ToJson, OfMessagesOfOtherPackagesIsProtobufsOwn) {
  google::protobuf::Value value;
  (*value.mutable_struct_value()->mutable_fields())["a"].set_number_value(1);
  EXPECT_EQ(ToJson(value), R"({"a":1})");
}

TEST(ToJson, PrintsFalseInAOneofAndLeavesOutDefaultsElsewhere) {
  v1::Finding finding;
  finding.set_key("pain.present");
  finding.set_present(false);
  EXPECT_EQ(ToJson(finding), R"({"key":"pain.present","present":false})");
  EXPECT_EQ(ToJson(v1::Finding()), "{}");
}

TEST(ToJson, PrintsNumbersAsProtobufDoes) {
  const std::vector<std::pair<double, const char*>> rows = {{0.35, "0.35"},
                                                            {35, "35"},
                                                            {-0.0, "-0"},
                                                            {-2, "-2"},
                                                            {1e-7, "1e-07"},
                                                            {1e21, "1e+21"},
                                                            {1e15, "1e+15"},
                                                            {999999999999999, "999999999999999"},
                                                            {0.1 + 0.2, "0.30000000000000004"},
                                                            {1.0 / 3, "0.33333333333333331"},
                                                            {std::numeric_limits<double>::infinity(), "\"Infinity\""}};
  for (const auto& [number, text] : rows) {
    v1::Quantity quantity;
    quantity.set_value(number);
    EXPECT_EQ(ToJson(quantity), std::string("{\"value\":") + text + "}");
    EXPECT_EQ(ToJson(quantity), ProtobufJson(quantity));
  }
}

TEST(ToJson, EscapesC1ControlsWhereverTheyStand) {
  // A terminal may obey them. Eight characters are looked at in one go: try every place in and across them.
  for (size_t before = 0; before < 20; ++before) {
    const std::string filler(before, 'x');
    v1::Notice notice;
    notice.set_message(filler +
                       "\xc2\x9b"
                       "2J\xc2\x80\xc2\x9f\xc2\xa0\xc3\x9b");
    EXPECT_EQ(ToJson(notice), "{\"message\":\"" + filler + "\\u009b2J\\u0080\\u009f\xc2\xa0\xc3\x9b\"}");
  }
}

TEST(ToJson, EscapesControlCharactersAndPassesOnUtf8) {
  v1::Notice notice;
  notice.set_message("a\"b\\c\n\x1b[31m \xe2\x89\xa5 3 <b> \x7f");
  EXPECT_EQ(ToJson(notice), "{\"message\":\"a\\\"b\\\\c\\n\\u001b[31m \xe2\x89\xa5 3 <b> \\u007f\"}");
}

TEST(ToJson, CanBeCalledFromManyThreads) {
  v1::Consultation consultation;
  Randomly(3).Fill(consultation);
  const std::string expected = ToJson(consultation);
  std::vector<std::string> got(4);
  std::vector<std::thread> threads;
  for (std::string& text : got) {
    threads.emplace_back([&text, &consultation] {
      for (int i = 0; i < 50; ++i) text = ToJson(consultation) + ToJson(v1::SourceAttributes());
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& text : got) EXPECT_EQ(text, expected + "{}");
}

}  // namespace
}  // namespace condyle
