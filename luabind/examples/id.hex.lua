print(id.hex(("\255"):rep(20)))  --> ffffffffffffffffffffffffffffffffffffffff
