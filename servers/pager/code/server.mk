# SPDX-License-Identifier: BSD-2-Clause
server  := codepager
address := 0x19000000
rank    := 7
serves  := text text_notice memory_object
calls   := file acs
$(add-server)
