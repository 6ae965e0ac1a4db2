print(os.time{ year = 2026, month = 1, day = 1, hour = 0 })  --> 1767225600
