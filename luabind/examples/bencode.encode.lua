print(bencode.encode{ t = "aa", y = "q", a = { 1, -2 } })  --> d1:ali1ei-2ee1:t2:aa1:y1:qe
