// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Targets, routes, trace ids, heads, ETags, encodings: what needs no socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include "host/http/conditional.h"
#include "host/http/gzip.h"
#include "host/http/response_head.h"
#include "host/http/router.h"
#include "host/http/target.h"
#include "host/http/trace.h"

namespace condyle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(TargetTest, FormsAreReadAsTheyAre) {
  struct Case {
    const char* target;
    bool good;
    const char* path = "";
    const char* query = "";
  };
  for (const Case& c : {
           Case{"/", true, "/"},
           Case{"/a/b", true, "/a/b"},
           Case{"/a?b=%20&c", true, "/a", "b=%20&c"},
           Case{"/a?", true, "/a"},
           Case{"/a%20b%C3%A4", true, "/a b\xc3\xa4"},
           Case{"/a//b", true, "/a//b"},
           Case{"/a/../b", true, "/a/../b"},
           Case{"HTTP://host:80/a?b", true, "/a", "b"},
           Case{"https://host", true, "/"},
           Case{"https://host?q", true, "/", "q"},
           Case{"*", true, "*"},
           Case{"", false},
           Case{"a", false},
           Case{"ftp://host/a", false},
           Case{"http://", false},
           Case{"http:///a", false},
           Case{"/a#b", false},
           Case{"/%", false},
           Case{"/%4", false},
           Case{"/%4g", false},
           Case{"/%2f", false},
           Case{"/%2F", false},
           Case{"/%00", false},
           Case{"/%0a", false},
           Case{"/%c3", false},
       }) {
    SCOPED_TRACE(c.target);
    std::string path;
    std::string query;
    EXPECT_EQ(ParseTarget(c.target, &path, &query), c.good);
    if (!c.good) continue;
    EXPECT_EQ(path, c.path);
    EXPECT_EQ(query, c.query);
  }
}

HttpResponse Nothing(const HttpRequest&) { return {}; }

TEST(RouterTest, FindsThePatternThatFits) {
  Router router;
  for (const char* pattern :
       {"/", "/services", "/services/{id}", "/services/{id}/feedback", "/services/fixed", "/{a}/x/{b}"}) {
    ASSERT_TRUE(router.Add("GET", pattern, Nothing).ok());
  }
  struct Case {
    const char* path;
    const char* pattern;
    std::vector<std::string> parameters;
  };
  for (const Case& c : {
           Case{"/", "/", {}},
           Case{"/services", "/services", {}},
           Case{"/services/one", "/services/{id}", {"one"}},
           Case{"/services/fixed", "/services/fixed", {}},
           Case{"/services/one/feedback", "/services/{id}/feedback", {"one"}},
           Case{"/any/x/thing", "/{a}/x/{b}", {"any", "thing"}},
           Case{"/services/", nullptr, {}},
           Case{"/services/one/", nullptr, {}},
           Case{"/services/one/other", nullptr, {}},
           Case{"/services//feedback", nullptr, {}},
           Case{"//", nullptr, {}},
           Case{"/Services", nullptr, {}},
       }) {
    SCOPED_TRACE(c.path);
    const Router::Match match = router.Find("GET", c.path);
    EXPECT_EQ(match.status, c.pattern == nullptr ? 404 : 200);
    if (c.pattern == nullptr || match.route == nullptr) continue;
    EXPECT_EQ(match.route->pattern, c.pattern);
    EXPECT_EQ(match.parameters, c.parameters);
  }
}

TEST(RouterTest, TellsMethodsApart) {
  Router router;
  ASSERT_TRUE(router.Add("GET", "/a", Nothing).ok());
  ASSERT_TRUE(router.Add("POST", "/a", Nothing).ok());
  ASSERT_TRUE(router.Add("POST", "/b/{id}", Nothing).ok());
  EXPECT_EQ(router.Find("HEAD", "/a").route->method, "GET");
  EXPECT_EQ(router.Find("POST", "/a").route->method, "POST");
  EXPECT_EQ(router.Find("PUT", "/a").status, 405);
  EXPECT_EQ(router.Find("PUT", "/a").allow, "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(router.Find("HEAD", "/b/1").status, 405);
  EXPECT_EQ(router.Find("OPTIONS", "/b/1").allow, "POST, OPTIONS");
  EXPECT_EQ(router.Find("get", "/a").status, 501);
}

TEST(RouterTest, RefusesWhatItCouldNotServe) {
  Router router;
  ASSERT_TRUE(router.Add("GET", "/a", Nothing).ok());
  EXPECT_FALSE(router.Add("GET", "/a", Nothing).ok());
  EXPECT_FALSE(router.Add("GET", "a", Nothing).ok());
  EXPECT_FALSE(router.Add("GET", "", Nothing).ok());
  EXPECT_FALSE(router.Add("HEAD", "/b", Nothing).ok());
  EXPECT_FALSE(router.Add("BREW", "/b", Nothing).ok());
}

TEST(TraceTest, ReadsOnlyWellFormedHeaders) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string span = "00f067aa0ba902b7";
  EXPECT_EQ(TraceIdOf("00-" + trace + "-" + span + "-01"), trace);
  EXPECT_EQ(TraceIdOf("01-" + trace + "-" + span + "-01-more"), trace);
  for (const std::string& bad :
       {std::string(), trace, "00-" + trace + "-" + span + "-0", "00-" + trace + "-" + span + "-01-more",
        "ff-" + trace + "-" + span + "-01", "0x-" + trace + "-" + span + "-01",
        "00-" + std::string(32, '0') + "-" + span + "-01", "00-" + trace + "-" + std::string(16, '0') + "-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + span + "-01", "00_" + trace + "-" + span + "-01",
        "01-" + trace + "-" + span + "-01x"}) {
    EXPECT_EQ(TraceIdOf(bad), "") << bad;
  }
}

TEST(TraceTest, NewIdsAreValidAndDiffer) {
  const std::string one = NewTraceId();
  EXPECT_NE(one, NewTraceId());
  EXPECT_EQ(TraceIdOf(TraceParent(one, NewSpanId())), one);
}

TEST(ResponseHeadTest, WritesHeadersThatCannotEndTheirLine) {
  HttpResponse response;
  response.status = 201;
  response.content_type = "text/plain\r\nEvil: 1";
  response.headers = {{"Location", "/a\r\n\r\nbody"}, {"Bad name", "x"}, {"", "x"}, {"Bad\r\n", "x"}};
  std::string head;
  AppendHead(response, 5, "close", "DATE", "00-a-b-01", &head);
  EXPECT_EQ(head,
            "HTTP/1.1 201 Created\r\nDate: DATE\r\nContent-Type: text/plain  Evil: 1\r\nContent-Length: 5\r\n"
            "Location: /a    body\r\ntraceparent: 00-a-b-01\r\nConnection: close\r\n\r\n");
}

TEST(ResponseHeadTest, SaysNoLengthWhereThereIsNoBody) {
  for (const int status : {204, 304}) {
    HttpResponse response;
    response.status = status;
    std::string head;
    AppendHead(response, 0, "", "DATE", "", &head);
    EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  }
}

TEST(ResponseHeadTest, DatesAreThoseOfHttp) {
  HttpDate date;
  EXPECT_EQ(date.At(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(date.At(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(date.At(951782400), "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST(ConditionalTest, TagsAreComparedWeakly) {
  struct Case {
    const char* header;
    const char* tag;
    bool named;
  };
  for (const Case& c : {
           Case{"\"a\"", "\"a\"", true},
           Case{"\"b\", \"a\"", "\"a\"", true},
           Case{"W/\"a\"", "\"a\"", true},
           Case{"\"a\"", "W/\"a\"", true},
           Case{"*", "\"a\"", true},
           Case{"\"a,b\"", "\"a,b\"", true},
           Case{"\"ab\"", "\"a\"", false},
           Case{"a", "\"a\"", false},
           Case{"\"a", "\"a\"", false},
           Case{"", "\"a\"", false},
       }) {
    EXPECT_EQ(NamesETag(c.header, c.tag), c.named) << c.header << " " << c.tag;
  }
  EXPECT_NE(ETagOf("a"), ETagOf("b"));
  EXPECT_TRUE(NamesETag(ETagOf("a"), ETagOf("a")));
}

TEST(ConditionalTest, OnlyAGoodAnswerToAReaderBecomes304) {
  struct Case {
    const char* method;
    int status;
    int becomes;
  };
  for (const Case& c : {Case{"GET", 200, 304}, Case{"HEAD", 200, 304}, Case{"POST", 200, 200}, Case{"GET", 404, 404}}) {
    HttpRequest request;
    request.method = c.method;
    request.headers = {{"if-none-match", "\"a\""}};
    HttpResponse response;
    response.status = c.status;
    response.body = "body";
    response.headers = {{"ETag", "\"a\""}};
    AnswerIfNoneMatch(request, &response);
    EXPECT_EQ(response.status, c.becomes);
    EXPECT_EQ(response.body.empty(), c.becomes == 304);
  }
}

std::string Unpacked(const std::string& packed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string text(size_t{1} << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST(GzipTest, IsSentToThoseWhoTakeIt) {
  struct Case {
    const char* header;
    bool accepted;
  };
  for (const Case& c : {
           Case{"gzip", true},
           Case{"br, GZIP", true},
           Case{"deflate;q=1, gzip;q=0.1", true},
           Case{"*", true},
           Case{"gzip;q=0", false},
           Case{"gzip;q=0.000, *", false},
           Case{"*;q=0", false},
           Case{"", false},
           Case{"xgzip", false},
       }) {
    EXPECT_EQ(AcceptsGzip(c.header), c.accepted) << c.header;
  }
}

TEST(GzipTest, PacksWhatIsLongAndLeavesTheRest) {
  HttpRequest request;
  request.headers = {{"accept-encoding", "gzip"}};
  HttpResponse response;
  response.headers = {{"ETag", "\"a\""}};
  for (int i = 0; i < 1000; ++i) response.body += "line " + std::to_string(i) + "\n";
  const std::string text = response.body;
  CompressFor(request, &response);
  EXPECT_LT(response.body.size(), text.size() / 2);
  EXPECT_EQ(Unpacked(response.body), text);
  EXPECT_THAT(response.headers, ElementsAre(testing::Pair("ETag", "W/\"a\""), testing::Pair("Vary", "Accept-Encoding"),
                                            testing::Pair("Content-Encoding", "gzip")));
  HttpResponse shorter;
  shorter.body = "short";
  CompressFor(request, &shorter);
  EXPECT_EQ(shorter.body, "short");
  EXPECT_TRUE(shorter.headers.empty());
}

}  // namespace
}  // namespace condyle
