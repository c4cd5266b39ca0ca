// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A connection to a server that is cut at the worst moment.
#ifndef CONDYLE_HOST_AUDIT_CUTTING_PROXY_FOR_TEST_H_
#define CONDYLE_HOST_AUDIT_CUTTING_PROXY_FOR_TEST_H_

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace condyle {

// Forwards what comes to its port on 127.0.0.1 to another. A cut happens once, when a client sends `COMMIT`.
class CuttingProxy {
 public:
  enum class Cut {
    kNone,
    kLosesRequest,  // the server never sees it
    kLosesAnswer,   // the server does it, and the client is not told
    kHangs,         // the server never sees it, and nobody is told that the connection is gone
  };

  explicit CuttingProxy(int server_port);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  int port() const { return port_; }
  void CutNext(Cut cut) { cut_ = cut; }
  int cuts() const { return cuts_; }

 private:
  void Accept();
  void Forward(int client, int server);

  const int server_port_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> ends_ = false;
  std::atomic<Cut> cut_ = Cut::kNone;
  std::atomic<int> cuts_ = 0;
  std::vector<std::thread> forwarding_;
  std::thread accepting_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_CUTTING_PROXY_FOR_TEST_H_
