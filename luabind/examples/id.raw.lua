local a = id.sha1("abc")
print(#id.raw(a), id.raw(a):byte(1), id.hex(id.raw(a)) == a)  --> 20	169	true
