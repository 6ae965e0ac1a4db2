local here = debug.getinfo(1, "Sl")
print(here.what, here.currentline)  --> main	1
