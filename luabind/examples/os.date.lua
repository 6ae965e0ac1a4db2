print(os.date("%Y-%m-%d"))             --> 2026-01-01
print(os.date("!%H:%M:%S", 3661))      --> 01:01:01
print(os.date("*t").year)              --> 2026
