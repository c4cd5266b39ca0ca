// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle_bad_plugins SOURCE_FOLDER: runs every bad plugin and writes docs/bad-plugins.md.
#include <exception>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/bad_plugins/matrix.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: condyle_bad_plugins SOURCE_FOLDER\n";
    return 64;
  }
  try {
    const std::string text = condyle::tests::BadPluginsPage();
    const std::string page = std::string(argv[1]) + "/" + condyle::tests::kBadPluginsPage;
    std::ofstream file(page, std::ios::binary);
    file << text;
    file.close();
    if (file) return 0;
    std::cerr << page << ": cannot be written\n";
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
  }
  return 1;
}
