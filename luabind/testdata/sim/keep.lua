-- What is kept alive outlives the two hours for which nodes hold an item; what is not, does not.

local owner = key.new()
print(owner.public) -- in a simulation the same in every run
local kept = assert(dht.put("kept", { keep_alive = true }))
local mine = assert(dht.put("mine", { secret_key = owner, keep_alive = true }))
local left = assert(dht.put("left to itself"))
sleep(3.5 * 3600)
check("what is kept is there", dht.get(kept) == "kept" and dht.get(mine) == "mine")
local none, err = dht.get(left)
check("the other is gone", none == nil and err.kind == "not_found", tostring(err))

-- A newer item of the same key is what is kept from then on, whoever put it.
local other = assert(dht.open())
assert(select(2, other:put("newer", { secret_key = owner })) > 0)
other:close()
sleep(5 * 3600)
local value, info = dht.get(mine)
check("the newer one is kept", value == "newer" and info.seq == 1, value)

assert(dht.forget(mine) and dht.forget(kept))
sleep(4 * 3600)
check("what is forgotten goes", dht.get(kept) == nil and dht.get(mine) == nil)
