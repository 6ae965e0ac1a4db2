print(id.is_secure("5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401", "124.31.75.21"))  --> true
print(id.is_secure("5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401", "124.31.75.22"))  --> false
