print("found", 8, nil, true, {})  --> found	8	nil	true	table: 1
print(("%.2f s"):format(0.5))     --> 0.50 s
