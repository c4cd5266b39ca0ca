// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes HTML that is well-formed XML as well, every text escaped.
#ifndef CONDYLE_HOST_REPORT_HTML_H_
#define CONDYLE_HOST_REPORT_HTML_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace condyle {

// For text and attribute values alike. Control characters and direction overrides become blanks.
std::string EscapedHtml(std::string_view text);

// The inside of a CSS string in double quotes; also safe within a style element.
std::string EscapedCss(std::string_view text);

// An address that may become a link; DOIs lead to doi.org. Empty for others, such as javascript:, which stay text.
std::string LinkAddress(const std::string& url);

// Elements are closed in the order in which they were opened: what comes out is well-formed whatever the texts are. Tag
// and attribute names are the caller's own constants and are not escaped. Not thread-safe.
class HtmlWriter {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Closes an element at its end. Must not outlive the writer.
  class Scope {
   public:
    explicit Scope(HtmlWriter* out) : out_(out) {}
    ~Scope() { out_->Close(); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    HtmlWriter* out_;
  };

  // Attributes with an empty value are left out.
  [[nodiscard]] Scope In(std::string_view tag, Attributes attributes = {});
  // An element that has nothing but text in it.
  void Element(std::string_view tag, std::string_view text, Attributes attributes = {});
  // An element without content: <br />, <rect ... />.
  void Void(std::string_view tag, Attributes attributes = {});
  void Text(std::string_view text);
  // Constants of the program only; goes out as it is and must be well-formed.
  void Markup(std::string_view constant) { out_ += constant; }

  // Whole once every Scope has ended.
  std::string Take() { return std::move(out_); }

 private:
  void Start(std::string_view tag, Attributes attributes);
  void Close();

  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_REPORT_HTML_H_
