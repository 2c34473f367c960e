# SPDX-License-Identifier: BSD-2-Clause
server  := datapager
address := 0x11000000
rank    := 1
serves  := swap memory_object memory_object_default
calls   := acs
$(add-server)
