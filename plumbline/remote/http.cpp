#include "plumbline/remote/http.h"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <future>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/remote/excerpt.h"
#include "plumbline/remote/pipe_signal.h"
#include "plumbline/remote/url.h"

#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
#error "cpp-httplib without OpenSSL: https would not work"
#endif

namespace plumbline::remote {
namespace {

// What came of one attempt.
struct Reply {
  httplib::Error error = httplib::Error::Unknown;
  int status = 0;
  std::string body;
  std::string retry_after;
  bool is_late = false;
  bool is_too_large = false;

  bool has_status() const { return error == httplib::Error::Success; }
  bool is_good() const { return has_status() && status / 100 == 2; }
  bool is_worth_another() const {
    if (has_status()) return status == 429 || status / 100 == 5;
    return !is_too_large && error != httplib::Error::SSLServerVerification &&
           error != httplib::Error::SSLLoadingCerts;
  }
};

std::string read_key(const Service& service) {
  if (service.key_variable.empty()) return {};
  const char* key = std::getenv(service.key_variable.c_str());
  const std::string text = key == nullptr ? "" : key;
  const bool is_printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!text.empty() && is_printable) return text;
  throw ConfigError({.component = "remote",
                     .doing = service.doing,
                     .expected = "a key in the environment variable " + service.key_variable,
                     .got = text.empty() ? "none" : "one with blanks or other unusual characters",
                     .where = without_query(service.url)});
}

void hide(std::string& text, const std::string& key) {
  if (key.empty()) return;
  constexpr std::string_view kHidden = "[key]";
  for (size_t at = text.find(key); at != std::string::npos; at = text.find(key, at)) {
    text.replace(at, key.size(), kHidden);
    at += kHidden.size();
  }
}

void set_timeouts(httplib::Client& client, double seconds) {
  const auto time = std::chrono::microseconds(static_cast<int64_t>(1e6 * std::min(seconds, 1e6)));
  client.set_connection_timeout(time);
  client.set_read_timeout(time);
  client.set_write_timeout(time);
}

httplib::Request request_of(const std::string& target, const std::string& key,
                            const std::string& body) {
  httplib::Request request;
  request.method = "POST";
  request.path = target;
  request.headers = {{"Content-Type", "application/json"},
                     {"Accept", "application/json"},
                     {"User-Agent", "plumbline"}};
  if (!key.empty()) request.headers.emplace("Authorization", "Bearer " + key);
  request.body = body;
  return request;
}

Reply send(httplib::Client& client, httplib::Request request, size_t max_bytes) {
  Reply reply;
  request.content_receiver = [&](const char* bytes, size_t size, uint64_t, uint64_t) {
    reply.is_too_large = size > max_bytes - reply.body.size();
    if (!reply.is_too_large) reply.body.append(bytes, size);
    return !reply.is_too_large;
  };
  const httplib::Result result = client.send(request);
  reply.error = result.error();
  if (!result) return reply;
  reply.status = result->status;
  reply.retry_after = result->get_header_value("Retry-After");
  return reply;
}

// The library's limits hold for single reads: a reply that drips would last for ever. So the
// request has a thread of its own, and this one looks at the clock and for signals.
Reply attempt(const Service& service, const std::string& key, const std::string& body) {
  const NoPipeSignal guard;  // which the thread inherits
  const Url url = parse_url(service.url);
  httplib::Client client(url.server);
  client.set_url_encode(false);  // the URL is taken as it was written
  set_timeouts(client, service.timeout_seconds);
  const Stopwatch watch;
  auto sending = std::async(std::launch::async, send, std::ref(client),
                            request_of(url.target, key, body), service.max_reply_bytes);
  while (sending.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) {
    const bool is_unwanted = received_signal() != 0 && !service.finishes_when_interrupted;
    const bool is_over = is_unwanted || watch.seconds() >= service.timeout_seconds;
    if (is_over) client.stop();
  }
  Reply reply = sending.get();
  reply.is_late = !reply.has_status() && watch.seconds() >= service.timeout_seconds;
  // What is in use as a key of servers that want none ("x") may be a part of any good reply.
  constexpr size_t kShortestSecret = 8;
  if (!reply.is_good() || key.size() >= kShortestSecret) hide(reply.body, key);
  return reply;
}

const char* what_failed(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      return "no connection to the host";
    case httplib::Error::SSLConnection:
      return "no encrypted connection to the host";
    case httplib::Error::SSLLoadingCerts:
      return "the system's certificates cannot be read";
    case httplib::Error::SSLServerVerification:
      return "the system does not trust the host's certificate";
    default:
      return "the connection broke";
  }
}

std::string hint_for(const Service& service, int status) {
  if (status == 401 || status == 403) {
    return service.key_variable.empty() ? "the service may want a key; none was sent."
                                        : "check the key in " + service.key_variable + ".";
  }
  if (status == 404 || status == 405) return "check the path of the URL.";
  if (status / 100 == 3) return "redirections are not followed; give the final URL.";
  return {};
}

Complaint complaint_about(const Service& service, const Reply& reply) {
  Complaint complaint{
      .component = "remote", .doing = service.doing, .where = without_query(service.url)};
  if (reply.is_too_large) {
    complaint.expected = fmt::format("at most {} bytes", service.max_reply_bytes);
    complaint.got = "more, beginning with " + excerpt(reply.body);
  } else if (reply.is_late) {
    complaint.expected = fmt::format("a reply within {} seconds", service.timeout_seconds);
    complaint.got = "none";
  } else if (!reply.has_status()) {
    complaint.expected = "a reply";
    complaint.got = fmt::format("none: {}", what_failed(reply.error));
  } else {
    complaint.expected = "status 200";
    complaint.got = fmt::format("{} and {}", reply.status, excerpt(reply.body, 300));
    complaint.hint = hint_for(service, reply.status);
  }
  return complaint;
}

// The header as seconds; 0 without one. As a date, its other form, it is passed over.
double seconds_in(const std::string& retry_after) {
  double seconds = 0;
  const char* end = retry_after.data() + retry_after.size();
  const auto [stop, error] = std::from_chars(retry_after.data(), end, seconds);
  return error == std::errc() && stop == end && seconds > 0 ? seconds : 0;
}

}  // namespace

std::string post_json(const Service& service, const std::string& body) {
  parse_url(service.url);
  const std::string key = read_key(service);
  Attempts attempts(service.retries);
  while (true) {
    if (service.before_attempt) service.before_attempt();
    Reply reply = attempt(service, key, body);
    if (!service.finishes_when_interrupted) stop_if_interrupted();
    if (reply.is_good()) return std::move(reply.body);
    stop_if_interrupted();
    const Complaint complaint = complaint_about(service, reply);
    if (reply.is_too_large) throw DataError(complaint);
    if (!reply.is_worth_another() ||
        !attempts.wait_for_next(message(complaint), seconds_in(reply.retry_after))) {
      throw IoError(complaint);
    }
  }
}

}  // namespace plumbline::remote
