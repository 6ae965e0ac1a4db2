module("shapes", package.seeall) -- as a file of its own begins
function area(r) return math.floor(math.pi * r ^ 2) end
print(_NAME, package.loaded.shapes.area(2))  --> shapes	12
