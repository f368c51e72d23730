#include "plumbline/remote/http.h"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <optional>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "tests/support/scratch.h"
#include "tests/support/test_server.h"

namespace plumbline::remote {
namespace {

using httplib::Request;
using httplib::Response;
using support::error_text;
using support::FirstTime;
using support::Handler;
using support::says;
using support::sleep_seconds;
using support::TestServer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr Retries kNoRetries{.count = 0};
constexpr Retries kAtOnce{.count = 3, .first_wait_seconds = 0};

// An environment variable with this value for the life of the object.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

// A handler that says `first` with this status once, and "fine" from then on.
Handler fails_once(int status, const std::string& retry_after = "") {
  return [=, is_first = FirstTime()](const Request&, Response& reply) {
    reply.status = is_first() ? status : 200;
    if (!retry_after.empty()) reply.set_header("Retry-After", retry_after);
    reply.set_content("fine", "text/plain");
  };
}

TEST(Http, PostsJson) {
  const TestServer server([](const Request& request, Response& reply) {
    reply.set_content(request.target + " " + request.get_header_value("Content-Type") + " " +
                          request.body + (request.has_header("Authorization") ? " key" : ""),
                      "text/plain");
  });
  EXPECT_EQ(post_json({.url = server.url("/a/b?c=d+e")}, "{}"), "/a/b?c=d+e application/json {}");
}

TEST(Http, RefusesWhatIsNoUrl) { EXPECT_THROW(post_json({.url = "http://"}, "{}"), ConfigError); }

TEST(Http, APathIsNotNeeded) {
  const TestServer server([](const Request& request, Response& reply) {
    reply.set_content(request.target, "text/plain");
  });
  EXPECT_EQ(post_json({.url = server.url("")}, "{}"), "/");
  EXPECT_EQ(post_json({.url = server.url("?a")}, "{}"), "/?a");
}

TEST(Http, MovesMuchBothWays) {
  const TestServer server([](const Request& request, Response& reply) {
    reply.set_content(request.body, "text/plain");
  });
  const std::string body(5'000'000, 'x');
  EXPECT_EQ(post_json({.url = server.url()}, body), body);
}

TEST(Http, HasATime) {
  std::atomic<bool> is_over = false;
  const TestServer server([&](const Request&, Response&) {
    for (int i = 0; i < 1000 && !is_over; ++i) sleep_seconds(0.01);
  });
  const Stopwatch watch;
  const auto text = error_text<IoError>([&] {
    post_json({.url = server.url("/a?b"),
               .doing = "asking a friend",
               .timeout_seconds = 0.2,
               .retries = kNoRetries},
              "{}");
  });
  EXPECT_LT(watch.seconds(), 5);
  is_over = true;
  EXPECT_EQ(text, "[remote] asking a friend: expected a reply within 0.2 seconds, got none (" +
                      server.url("/a") + ").");
}

TEST(Http, TheTimeIsThatOfTheWholeReply) {
  const TestServer server([](const Request&, Response& reply) {
    reply.set_chunked_content_provider("text/plain",
                                       [n = 0](size_t, httplib::DataSink& out) mutable {
                                         sleep_seconds(0.05);
                                         if (++n == 40) out.done();
                                         return out.write("x", 1);
                                       });
  });
  const Service service{.url = server.url(), .timeout_seconds = 0.2, .retries = kNoRetries};
  EXPECT_THAT(error_text<IoError>([&] { post_json(service, "{}"); }), HasSubstr("0.2 seconds"));
}

TEST(Http, ALateReplyIsAskedForAgain) {
  const TestServer server([is_first = FirstTime()](const Request&, Response& reply) {
    if (is_first()) sleep_seconds(0.4);
    reply.set_content("fine", "text/plain");
  });
  EXPECT_EQ(post_json({.url = server.url(), .timeout_seconds = 0.2, .retries = kAtOnce}, ""),
            "fine");
}

TEST(Http, ServersThatFailAreAskedAgain) {
  for (const int status : {429, 500, 503}) {
    const TestServer server(fails_once(status));
    EXPECT_EQ(post_json({.url = server.url(), .retries = kAtOnce}, ""), "fine") << status;
    EXPECT_EQ(server.num_requests(), 2);
  }
}

TEST(Http, ServersThatRefuseAreNotAskedAgain) {
  for (const int status : {302, 400, 401, 404, 422}) {
    const TestServer server(fails_once(status));
    EXPECT_THROW(post_json({.url = server.url(), .retries = kAtOnce}, ""), IoError) << status;
    EXPECT_EQ(server.num_requests(), 1) << status;
  }
}

TEST(Http, IsTriedNoMoreThanAllowed) {
  const TestServer server(says("too busy", 503));
  const auto text = error_text<IoError>([&] {
    post_json({.url = server.url(), .retries = {.count = 2, .first_wait_seconds = 0}}, "");
  });
  EXPECT_THAT(text, HasSubstr("expected status 200, got 503 and 'too busy'"));
  EXPECT_EQ(server.num_requests(), 3);
}

TEST(Http, EachAttemptIsAnnounced) {
  const TestServer server(says("", 503));
  int num_attempts = 0;
  const Service service{
      .url = server.url(), .retries = {.count = 5, .first_wait_seconds = 0}, .before_attempt = [&] {
        if (++num_attempts > 2) throw std::runtime_error("enough");
      }};
  EXPECT_THROW(post_json(service, ""), std::runtime_error);
  EXPECT_EQ(server.num_requests(), 2);
}

TEST(Http, WaitsAsLongAsTheServerAsks) {
  const TestServer server(fails_once(429, "0.3"));
  const Stopwatch watch;
  post_json({.url = server.url(), .retries = kAtOnce}, "");
  EXPECT_GE(watch.seconds(), 0.3);
}

TEST(Http, WaitsNoLongerForAnUnreadableTime) {
  const TestServer server(fails_once(429, "Wed, 21 Oct 2099 07:28:00 GMT"));
  EXPECT_EQ(post_json({.url = server.url(), .retries = kAtOnce}, ""), "fine");
}

TEST(Http, ServersThatAreNotThereAreAskedAgain) {
  std::optional<TestServer> server(std::in_place, says(""));
  const std::string url = server->url();
  server.reset();
  testing::internal::CaptureStderr();
  const auto text = error_text<IoError>(
      [&] { post_json({.url = url, .retries = {.count = 1, .first_wait_seconds = 0}}, ""); });
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("(1 of 1)"));
  EXPECT_THAT(text, HasSubstr("expected a reply, got none: no connection to the host"));
}

TEST(Http, RefusesEndlessReplies) {
  const TestServer server(says(std::string(1001, 'x')));
  Service service{.url = server.url(), .retries = kAtOnce, .max_reply_bytes = 1000};
  EXPECT_THAT(error_text<DataError>([&] { post_json(service, ""); }), HasSubstr("at most 1000"));
  EXPECT_EQ(server.num_requests(), 1);
  service.max_reply_bytes = 1001;
  EXPECT_NO_THROW(post_json(service, ""));
}

TEST(HttpKey, IsSent) {
  const Variable key("PLUMBLINE_TEST_KEY", "open-sesame");
  std::string received;
  const TestServer server([&](const Request& request, Response&) {
    received = request.get_header_value("Authorization");
  });
  post_json({.url = server.url(), .key_variable = "PLUMBLINE_TEST_KEY"}, "");
  EXPECT_EQ(received, "Bearer open-sesame");
}

TEST(HttpKey, IsNotShown) {
  const Variable key("PLUMBLINE_TEST_KEY", "open-sesame");
  const TestServer server(says("wrong key: open-sesame!", 503));
  testing::internal::CaptureStderr();
  const auto text = error_text<IoError>([&] {
    post_json({.url = server.url(),
               .retries = {.count = 1, .first_wait_seconds = 0},
               .key_variable = "PLUMBLINE_TEST_KEY"},
              "");
  });
  EXPECT_THAT(testing::internal::GetCapturedStderr(), Not(HasSubstr("open-sesame")));
  EXPECT_THAT(text, HasSubstr("'wrong key: [key]!'"));
}

TEST(HttpKey, IsNotReturned) {
  const Variable key("PLUMBLINE_TEST_KEY", "open-sesame");
  const TestServer server(says("open-sesame open-sesame"));
  EXPECT_EQ(post_json({.url = server.url(), .key_variable = "PLUMBLINE_TEST_KEY"}, ""),
            "[key] [key]");
}

TEST(HttpKey, ChangesNoReplyWhenItIsNoSecret) {
  const Variable key("PLUMBLINE_TEST_KEY", "1");
  const TestServer server(says("[1]"));
  EXPECT_EQ(post_json({.url = server.url(), .key_variable = "PLUMBLINE_TEST_KEY"}, ""), "[1]");
}

TEST(HttpKey, MustBeThere) {
  const auto text = error_text<ConfigError>(
      [] { post_json({.url = "http://localhost", .key_variable = "PLUMBLINE_TEST_KEY"}, ""); });
  EXPECT_THAT(text, HasSubstr("environment variable PLUMBLINE_TEST_KEY, got none"));
}

TEST(HttpKey, MustBeOneWord) {
  const Variable key("PLUMBLINE_TEST_KEY", "a\r\nHost: b");
  const auto text = error_text<ConfigError>(
      [] { post_json({.url = "http://localhost", .key_variable = "PLUMBLINE_TEST_KEY"}, ""); });
  EXPECT_THAT(text, AllOf(HasSubstr("unusual characters"), Not(HasSubstr("Host"))));
}

TEST(HttpKey, MissingOneIsHintedAt) {
  const TestServer server(says("", 401));
  EXPECT_THAT(error_text<IoError>([&] { post_json({.url = server.url()}, ""); }),
              HasSubstr("Hint: the service may want a key"));
}

TEST(HttpInterrupt, EndsTheAttempts) {
  watch_signals();
  const TestServer server([](const Request&, Response& reply) {
    ::kill(::getpid(), SIGINT);
    reply.status = 503;
  });
  const Service service{.url = server.url(), .retries = {.count = 3, .first_wait_seconds = 30}};
  const Stopwatch watch;
  EXPECT_THROW(post_json(service, ""), Interrupted);
  EXPECT_LT(watch.seconds(), 20);
  EXPECT_EQ(take_interrupt(), SIGINT);
}

TEST(HttpInterrupt, EndsAnAttempt) {
  watch_signals();
  std::atomic<bool> is_over = false;
  const TestServer server([&](const Request&, Response&) {
    ::kill(::getpid(), SIGINT);
    for (int i = 0; i < 1000 && !is_over; ++i) sleep_seconds(0.01);
  });
  const Stopwatch watch;
  EXPECT_THROW(post_json({.url = server.url(), .retries = kNoRetries}, ""), Interrupted);
  EXPECT_LT(watch.seconds(), 5);
  is_over = true;
  EXPECT_EQ(take_interrupt(), SIGINT);
}

TEST(HttpInterrupt, MayWaitForTheReply) {
  watch_signals();
  const TestServer server([](const Request&, Response& reply) {
    ::kill(::getpid(), SIGINT);
    sleep_seconds(0.2);
    reply.set_content("paid", "text/plain");
  });
  EXPECT_EQ(post_json({.url = server.url(), .finishes_when_interrupted = true}, ""), "paid");
  EXPECT_EQ(take_interrupt(), SIGINT);
}

TEST(HttpInterrupt, WaitsForNoSecondReply) {
  watch_signals();
  const TestServer server([](const Request&, Response& reply) {
    ::kill(::getpid(), SIGINT);
    reply.status = 503;
  });
  const Service service{.url = server.url(), .retries = kAtOnce, .finishes_when_interrupted = true};
  EXPECT_THROW(post_json(service, ""), Interrupted);
  EXPECT_EQ(server.num_requests(), 1);
  EXPECT_EQ(take_interrupt(), SIGINT);
}

// A key and a certificate of 127.0.0.1 that nobody else has signed.
class Identity {
 public:
  Identity() : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    X509_set_version(certificate_, 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    X509_NAME* name = X509_get_subject_name(certificate_);
    const auto* text = reinterpret_cast<const unsigned char*>("plumbline test");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(certificate_, name);
    X509_EXTENSION* host =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate_, host, -1);
    X509_EXTENSION_free(host);
    X509_sign(certificate_, key_, EVP_sha256());
  }
  ~Identity() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

  std::unique_ptr<httplib::Server> server() const {
    return std::make_unique<httplib::SSLServer>(certificate_, key_);
  }
  void save(const std::string& path) const {
    FILE* file = std::fopen(path.c_str(), "w");
    PEM_write_X509(file, certificate_);
    std::fclose(file);
  }

 private:
  EVP_PKEY* key_;
  X509* certificate_;
};

class Https : public support::Scratch {
 protected:
  const Identity identity_;
  const TestServer server_{says("fine"), identity_.server()};
};

TEST_F(Https, AsksThoseWhomTheSystemTrusts) {
  identity_.save(path("trusted.pem"));
  const Variable trusted("SSL_CERT_FILE", path("trusted.pem").c_str());
  EXPECT_EQ(post_json({.url = server_.url("/", "https"), .retries = kNoRetries}, ""), "fine");
}

TEST_F(Https, AsksNobodyElseAndOnlyOnce) {
  testing::internal::CaptureStderr();
  const Service service{.url = server_.url("/", "https"), .retries = kAtOnce};
  EXPECT_THAT(error_text<IoError>([&] { post_json(service, ""); }),
              HasSubstr("got none: the system does not trust"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), Not(HasSubstr("again")));
  EXPECT_EQ(server_.num_requests(), 0);
}

}  // namespace
}  // namespace plumbline::remote
