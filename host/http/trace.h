// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Ids that tie a request to log lines here and elsewhere: the traceparent header of W3C Trace Context.
#ifndef CONDYLE_HOST_HTTP_TRACE_H_
#define CONDYLE_HOST_HTTP_TRACE_H_

#include <string>
#include <string_view>

namespace condyle {

// The trace id of a traceparent header (version 00, or what a later one has in common with it); empty if it is
// malformed.
std::string_view TraceIdOf(std::string_view traceparent);

// Ids of 32 and 16 lower-case hexadecimal digits, never all zero. Random, but no secret. Thread-safe.
std::string NewTraceId();
std::string NewSpanId();

// "00-TRACE-SPAN-01"
std::string TraceParent(std::string_view trace_id, std::string_view span_id);

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_TRACE_H_
