// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes JSON text in order, without building a tree.
#ifndef CONDYLE_HOST_QUESTIONNAIRE_JSON_WRITER_H_
#define CONDYLE_HOST_QUESTIONNAIRE_JSON_WRITER_H_

#include <string>
#include <string_view>

namespace condyle {

// One member or element a line, for people; or nothing between them, for programs.
enum class JsonLayout { kIndented, kCompact };

// Commas, line breaks and escapes are its own affair. The caller's: in an object each value follows a Key, and every
// Begin has its End. Text must be UTF-8; numbers must be finite.
class JsonWriter {
 public:
  explicit JsonWriter(JsonLayout layout = JsonLayout::kIndented) : layout_(layout) {}

  void BeginObject() { Begin('{'); }
  void EndObject() { End('}'); }
  void BeginArray() { Begin('['); }
  void EndArray() { End(']'); }
  void Key(std::string_view name);
  void String(std::string_view text);
  void Number(double number);
  void Bool(bool value);
  // A whole value that is JSON already, as it stands.
  void Raw(std::string_view json);

  // Key and value in one.
  void Member(std::string_view name, std::string_view text) {
    Key(name);
    String(text);
  }

  // The whole text; indented, it ends in a line break. The writer is empty afterwards.
  std::string Take();

 private:
  void Begin(char bracket);
  void End(char bracket);
  // What stands between the last thing written and the next.
  void Separate();
  void Quoted(std::string_view text);
  void NewLine();

  JsonLayout layout_;
  std::string out_;
  int depth_ = 0;
  bool first_ = true;
  bool after_key_ = false;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_QUESTIONNAIRE_JSON_WRITER_H_
