// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Wrapped, indented plain text for a terminal.
#ifndef CONDYLE_HOST_REPORT_TEXT_LAYOUT_H_
#define CONDYLE_HOST_REPORT_TEXT_LAYOUT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace condyle {

// Columns that UTF-8 text takes, one for each code point: right for Latin, Greek, Cyrillic and typographic signs.
size_t TextWidth(std::string_view text);
// With blanks at the end, to that many columns; a longer one as it is.
std::string Padded(std::string text, size_t columns);

// The text with every control character, escape sequences' starts and direction overrides among them, made a blank:
// text from a plugin or a case must not steer a terminal.
std::string Printable(std::string_view text);

enum class TextStyle { kPlain, kBold, kAlarm, kWarning, kFaint };

// What a report in paragraphs is written to.
class ReportPage {
 public:
  virtual ~ReportPage() = default;
  // `first` is what stands before it: blanks to indent it, a mark, a word.
  virtual void Paragraph(std::string_view first, std::string_view text, TextStyle style = TextStyle::kPlain) = 0;
  virtual void Blank() = 0;
  virtual void Heading(std::string_view text, TextStyle style = TextStyle::kBold) = 0;
};

// Collects lines. Texts may be from anywhere: each passes through Printable.
class TextPage final : public ReportPage {
 public:
  // width: columns, at least 20 (a smaller one counts as 20). colour: ANSI sequences for styles.
  TextPage(int width, bool colour);

  // A paragraph: `first` before its first line, as many blanks before the others. Words that are longer than a line are
  // broken.
  void Paragraph(std::string_view first, std::string_view text, TextStyle style = TextStyle::kPlain) override;
  void Blank() override;
  // A heading after a blank line.
  void Heading(std::string_view text, TextStyle style = TextStyle::kBold) override;

  const std::string& text() const { return out_; }

 private:
  void Line(std::string_view prefix, std::string_view text, TextStyle style);

  size_t width_;
  bool colour_;
  std::string out_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_REPORT_TEXT_LAYOUT_H_
