# SPDX-License-Identifier: MIT
# Writes gen/rt_symbols.h: where the guest keeps what compiled units refer to, and the guest's
# digest. Run as: cmake -DGUEST=.. -DNM=.. -DOUT=.. -P symbols.cmake
execute_process(COMMAND ${NM} ${GUEST} OUTPUT_VARIABLE table COMMAND_ERROR_IS_FATAL ANY)
file(SHA256 ${GUEST} digest)
# The first page holds the linker's build id, a digest of the rest: enough to know the file again.
file(READ ${GUEST} head LIMIT 4096 HEX)
string(SHA256 head_digest "${head}")
string(REGEX MATCHALL "[0-9a-f]+ [A-Za-z] (rt|rt_[a-z0-9_]+|mem(move|set|cpy|cmp))\n" rows "${table}")
list(SORT rows)
set(text "/* Made from x07-guest; see lang/rt/symbols.cmake. */\n#ifndef GEN_RT_SYMBOLS_H\n")
string(APPEND text "#define GEN_RT_SYMBOLS_H\n#define RT_GUEST_SHA256 \"${digest}\"\n#define RT_GUEST_HEAD_SHA256 \"${head_digest}\"\n#define RT_SYMBOLS(X)")
foreach(row IN LISTS rows)
  if(row MATCHES "^([0-9a-f]+) ([TWBDR]) ([a-z0-9_]+)\n$")
    set(symbol ${CMAKE_MATCH_3})
    string(REGEX REPLACE "^0+" "" address ${CMAKE_MATCH_1})
    string(APPEND text " \\\n\tX(\"${symbol}\", 0x${address})")
  endif()
endforeach()
string(APPEND text "\n#endif\n")
file(WRITE ${OUT} "${text}")
