local value = assert(json.decode('{"rounds": [10, null, 30]}'))
print(value.rounds[1], value.rounds[2] == json.null, #value.rounds)  --> 10	true	3

local _, err = json.decode("{")
print(err.kind)                                                      --> malformed
