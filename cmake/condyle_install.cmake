# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
