#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Installs bash's completion under the program's own name: install_bash.py SOURCE DATADIR."""

import os
import shutil
import sys

folder = os.path.join(os.environ["MESON_INSTALL_DESTDIR_PREFIX"], sys.argv[2], "bash-completion",
                      "completions")
os.makedirs(folder, exist_ok=True)
shutil.copyfile(sys.argv[1], os.path.join(folder, "acmlint"))
