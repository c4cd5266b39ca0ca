// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What intake says to people: quoted values, nearest known names, and a bounded list of notices.
#ifndef CONDYLE_HOST_INTAKE_TEXT_H_
#define CONDYLE_HOST_INTAKE_TEXT_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "condyle/v1/consultation.pb.h"
#include "host/trust/quote.h"

namespace condyle::intake {

// Shortest decimal that reads back as the same number.
std::string NumberText(double value);

// "a, b, c".
std::string Join(const std::vector<std::string>& parts);

// Finds the known name that was probably meant. Empty if none is near, or if the wanted text is over 100 bytes long.
class NearestName {
 public:
  explicit NearestName(std::string_view wanted);
  void Offer(std::string_view candidate);
  const std::string& best() const { return best_; }

 private:
  std::string wanted_;
  std::string best_;
  size_t best_distance_;
};

// Notices of one input. A hostile input cannot make the list long: after the limit only the number is kept.
class NoticeList {
 public:
  static constexpr size_t kLimit = 200;
  static constexpr size_t kRoomy = 50;

  void Add(std::string path, std::string message);
  // False once so many were added that looking for suggestions is not worth while.
  bool roomy() const { return notices_.size() < kRoomy; }
  // With a last notice that counts what was left out.
  std::vector<v1::Notice> Take();

 private:
  std::vector<v1::Notice> notices_;
  size_t left_out_ = 0;
};

}  // namespace condyle::intake

#endif  // CONDYLE_HOST_INTAKE_TEXT_H_
