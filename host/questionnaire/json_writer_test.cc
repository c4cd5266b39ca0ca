// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What is written must parse, and read back as what was meant.
#include "host/questionnaire/json_writer.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>

namespace condyle {
namespace {

TEST(JsonWriter, LaysOutObjectsAndArrays) {
  JsonWriter writer;
  writer.BeginObject();
  writer.Member("a", "x");
  writer.Key("b");
  writer.BeginArray();
  writer.Number(1.5);
  writer.Bool(true);
  writer.BeginObject();
  writer.EndObject();
  writer.EndArray();
  writer.Key("c");
  writer.BeginArray();
  writer.EndArray();
  writer.EndObject();
  EXPECT_EQ(writer.Take(), "{\n  \"a\": \"x\",\n  \"b\": [\n    1.5,\n    true,\n    {}\n  ],\n  \"c\": []\n}\n");
}

TEST(JsonWriter, CompactHasNothingBetween) {
  JsonWriter writer(JsonLayout::kCompact);
  for (int round = 0; round < 2; ++round) {  // the layout stays after Take
    writer.BeginObject();
    writer.Member("a", "x");
    writer.Key("b");
    writer.BeginArray();
    writer.Number(1.5);
    writer.Raw("{\"c\":null}");
    writer.EndArray();
    writer.EndObject();
    EXPECT_EQ(writer.Take(), "{\"a\":\"x\",\"b\":[1.5,{\"c\":null}]}");
  }
}

TEST(JsonWriter, EveryAsciiCharacterReadsBack) {
  std::string text = "\xC3\xA4\xE2\x82\xAC";
  for (char c = 1; c < 127; ++c) text += c;
  JsonWriter writer;
  writer.BeginObject();
  writer.Member(text, text);
  writer.EndObject();
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const std::string json = writer.Take();
  ASSERT_EQ(parser.parse(json).get(object), simdjson::SUCCESS) << json;
  const simdjson::dom::key_value_pair member = *object.begin();
  EXPECT_EQ(member.key, text);
  EXPECT_EQ(std::string_view(member.value), text);
}

TEST(JsonWriter, EscapesWhatATerminalMightObey) {
  JsonWriter json;
  json.String("\x1b \x7f \xc2\x80 \xc2\x9f \xc2\xa0 \xc3\x9b \xc2");
  EXPECT_EQ(json.Take(), "\"\\u001b \\u007f \\u0080 \\u009f \xc2\xa0 \xc3\x9b \xc2\"\n");
}

TEST(JsonWriter, NumbersReadBackExactly) {
  for (const double number : {0.0, -10.0, 0.1, 1e-7, 36525.0, 1.0 / 3, 1e300}) {
    JsonWriter writer;
    writer.BeginArray();
    writer.Number(number);
    writer.EndArray();
    simdjson::dom::parser parser;
    double read = -1;
    ASSERT_EQ(parser.parse(writer.Take()).at(0).get(read), simdjson::SUCCESS);
    EXPECT_EQ(read, number);
  }
}

}  // namespace
}  // namespace condyle
