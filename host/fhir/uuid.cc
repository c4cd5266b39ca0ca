// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Name-based UUIDs by Boost.
#include "host/fhir/uuid.h"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace condyle {

std::string UuidOf(std::string_view name) {
  // Random, once and for all: another one would rename everything.
  static constexpr boost::uuids::uuid kNameSpace = {
      {0x3f, 0x9d, 0x1b, 0x8e, 0x52, 0x6c, 0x4d, 0x07, 0x9a, 0x41, 0xc8, 0x70, 0x2e, 0xb6, 0x1d, 0x95}};
  return boost::uuids::to_string(boost::uuids::name_generator_sha1(kNameSpace)(name.data(), name.size()));
}

}  // namespace condyle
