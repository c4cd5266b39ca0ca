// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What docs/ehr/embedding.md warns of: the C++ library, whose messages are registered with protobuf, and the C library,
// which registers the same. It does not get as far as main.
#include <cstdio>

#include "condyle/host.h"
#include "condyle/v1/consultation.pb.h"

int main() {
  std::printf("%s %s\n", condyle::v1::Consultation::descriptor()->full_name().c_str(), cndh_version());
  return 0;
}
