print(bencode.encode { a = bencode.dict(), l = {} })  --> d1:ade1:llee
