// A service for tests, in a thread of this process.
#pragma once

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace plumbline::support {

using Handler = std::function<void(const httplib::Request&, httplib::Response&)>;

// Answers POST requests on any port of 127.0.0.1 for the life of the object.
class TestServer {
 public:
  explicit TestServer(const Handler& handler,
                      std::unique_ptr<httplib::Server> server = std::make_unique<httplib::Server>())
      : server_(std::move(server)) {
    server_->Post(".*", [this, handler](const httplib::Request& request, httplib::Response& reply) {
      ++num_requests_;
      handler(request, reply);
    });
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~TestServer() {
    server_->stop();
    thread_.join();
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::string url(const std::string& target = "/", const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + target;
  }
  int num_requests() const { return num_requests_; }

 private:
  std::unique_ptr<httplib::Server> server_;
  std::atomic<int> num_requests_ = 0;
  int port_ = 0;
  std::thread thread_;
};

// A handler that always says this.
inline Handler says(const std::string& body, int status = 200) {
  return [=](const httplib::Request&, httplib::Response& reply) {
    reply.status = status;
    reply.set_content(body, "application/json");
  };
}

// Whether it is asked for the first time. The server's threads may all ask.
class FirstTime {
 public:
  bool operator()() const { return !asked_->exchange(true); }

 private:
  std::shared_ptr<std::atomic<bool>> asked_ = std::make_shared<std::atomic<bool>>(false);
};

inline void sleep_seconds(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

}  // namespace plumbline::support
