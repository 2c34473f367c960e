# SPDX-License-Identifier: BSD-2-Clause
server  := pfs-tmp
address := 0x22000000
rank    := 4
serves  := pfs file memory_object
calls   :=
$(add-server)
