// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle_traceability SOURCE_FOLDER: writes docs/clinical/traceability.md from traceability.tsv.
#include <exception>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/conformance/traceability.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: condyle_traceability SOURCE_FOLDER\n";
    return 2;
  }
  try {
    const std::string folder = argv[1];
    const condyle::tests::SourceTree tree(folder);
    const condyle::tests::Traceability matrix =
        condyle::tests::ReadTraceability(tree.Text(condyle::tests::kTraceabilityTable));
    for (const std::string& fault : matrix.faults) std::cerr << fault << "\n";
    if (!matrix.faults.empty()) return 1;
    const std::string page = folder + "/" + condyle::tests::kTraceabilityPage;
    std::ofstream file(page, std::ios::binary);
    file << condyle::tests::TraceabilityPage(matrix.rows, tree);
    file.close();
    if (!file) {
      std::cerr << page << ": cannot be written\n";
      return 1;
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}
