local public = "8543d3e6115f0f98c944077a4493dcd543e49c739fd998550a1f614ab36ed63e"
print(key.target(public))  -- cc3f9d90b572172053626f9980ce261a850d050b
print(key.target(public, "note"))
