// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What all our pages have in common: a head that permits nothing to be loaded or run, and how they look.
#ifndef CONDYLE_HOST_REPORT_HTML_PAGE_H_
#define CONDYLE_HOST_REPORT_HTML_PAGE_H_

#include <string>
#include <string_view>

#include "host/report/html.h"

namespace condyle {

// The head element. style: goes out as it is.
void WriteHead(const std::string& title, std::string_view style, HtmlWriter& out);

// The style of a page that prints `foot` at the foot of each page, and `who` with the page's number beside it.
std::string PageStyle(std::string_view foot, std::string_view who);

}  // namespace condyle

#endif  // CONDYLE_HOST_REPORT_HTML_PAGE_H_
