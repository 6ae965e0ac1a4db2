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

-- So it is with announces: one outlives the half hour or so for which nodes remember it, until it is forgotten.
local kept_hash, left_hash = id.sha1("kept"), id.sha1("left")
assert(dht.announce_peer(kept_hash, 7001, { keep_alive = true, seed = true }) > 0)
assert(dht.announce_peer(kept_hash, 7002, { keep_alive = true }) > 0)
assert(dht.announce_peer(left_hash, 7001) > 0)
sleep(31 * 60)
check("an announce lasts half an hour", #dht.get_peers(left_hash) == 1)
sleep(24 * 3600)
local peers = dht.get_peers(kept_hash)
table.sort(peers)
check("kept peers are there after a day", #peers == 2 and peers[1]:match(":7001$") and peers[2]:match(":7002$"), table.concat(peers, " "))
check("and so is what they are", math.floor(dht.scrape(kept_hash).seeds + 0.5) == 1)
check("the other is gone", #dht.get_peers(left_hash) == 0)
assert(dht.forget(kept_hash) and not dht.forget(kept_hash))
sleep(33 * 60)
check("what is forgotten goes", #dht.get_peers(kept_hash) == 0)

-- A node that is closed announces no more.
local brief = assert(dht.open())
assert(brief:announce_peer(left_hash, 7003, { keep_alive = true }) > 0)
brief:close()
sleep(33 * 60)
check("a closed node keeps nothing", #dht.get_peers(left_hash) == 0)
