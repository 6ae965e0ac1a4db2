-- Make a key once, and use it from then on.
local owner, err = key.load("owner.key")
if not owner then
  assert(err.kind == "not_found", err)
  owner = key.new()
  assert(key.save("owner.key", owner))
end
print(#owner.public)  --> 64
