// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A command's options from a file: TOML, a key for each option, without its dashes.
#ifndef CONDYLE_HOST_CLI_CONFIG_FILE_H_
#define CONDYLE_HOST_CLI_CONFIG_FILE_H_

#include <CLI/CLI.hpp>
#include <string>

namespace condyle::cli {

// Gives each option of the file its value, as if it stood on the command line; one that does stand there keeps its own.
// To be called when the command line has been read. Returns what is wrong, naming the file, the key and what is
// allowed; empty if all is well. Options that rule each other out are the caller's to check.
std::string ApplyConfigFile(CLI::App& command, const std::string& path);

// A whole file with every option of the command, what it is, and the value it has now.
std::string ToConfigFile(const CLI::App& command);

}  // namespace condyle::cli

#endif  // CONDYLE_HOST_CLI_CONFIG_FILE_H_
