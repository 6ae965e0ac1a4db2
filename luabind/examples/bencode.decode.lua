local value = assert(bencode.decode("d4:listli1ei2eee"))
print(#value.list, value.list[2])  --> 2	2

local _, err = bencode.decode("i1")
print(err.kind)                    --> malformed
