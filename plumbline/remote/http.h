// Asking a service: JSON in, JSON out, over http or https.
#pragma once

#include <functional>
#include <string>

#include "plumbline/remote/attempts.h"

namespace plumbline::remote {

struct Service {
  std::string url;                         // http://host[:port][/path][?query], or https://
  std::string doing = "asking a service";  // what errors say was being done
  double timeout_seconds = 60;             // for one attempt, from the connection to the last byte
  Retries retries = {};
  std::string key_variable = {};  // the environment variable that holds the bearer key; "": no key
  size_t max_reply_bytes = size_t{64} << 20;
  // Called before each attempt, the first among them: may wait, count, or throw to end it all.
  std::function<void()> before_attempt = {};
  // Whether an attempt that a signal meets is waited for and its reply returned: it may cost money.
  // There is no further attempt after it.
  bool finishes_when_interrupted = false;
};

// POSTs the JSON text `body` and returns the text of the reply. Connections that fail, replies that
// take too long and the statuses 429 and 5xx are tried again, after the seconds of the reply's
// Retry-After where it has them; other statuses than 2xx are not, redirections among them. https
// needs a certificate that the system trusts (or SSL_CERT_FILE does).
//
// The key is in no log or error, even if the reply repeats it, nor in the returned text if it has 8
// characters or more: "[key]" stands there. Nor is the query of the URL, which may hold another
// one.
//
// Throws ConfigError for a URL or a key that is missing or wrong, IoError when there is no reply or
// one of another status, DataError for more than `max_reply_bytes`, Interrupted when a signal comes
// (base/interrupt.h).
std::string post_json(const Service& service, const std::string& body);

}  // namespace plumbline::remote
