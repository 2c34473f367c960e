# SPDX-License-Identifier: BSD-2-Clause
server  := pfs-fat
address := 0x1f000000
rank    := 4
serves  := pfs file memory_object
calls   := acs
$(add-server)
