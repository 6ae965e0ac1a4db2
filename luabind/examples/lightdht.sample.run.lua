local sample = require "lightdht.sample"
local movie = id.sha1("a movie")
dht.announce_peer(movie, 6881)
local found = assert(sample.run{ tell = function(infohash) print(infohash == movie) end })
print(found.count, found.asked > 50)
--> true
--> 1	true
