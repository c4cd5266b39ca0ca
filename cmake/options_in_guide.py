# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
"""Writes what `condyle serve --print-config` prints into a page, between its two marks."""
import pathlib
import re
import subprocess
import sys

program, page = sys.argv[1], pathlib.Path(sys.argv[2])
options = subprocess.run([program, "serve", "--print-config"], check=True, capture_output=True, text=True).stdout
text, found = re.subn(r"(<!-- options: [^\n]*-->\n).*(<!-- end of options -->)",
                      lambda m: f"{m[1]}```toml\n{options}```\n{m[2]}", page.read_text(), flags=re.S)
if found != 1:
    sys.exit(f"{page}: the marks of the options are not there")
page.write_text(text)
