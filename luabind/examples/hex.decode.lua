print(hex.decode("616263"))      --> abc
print((hex.decode("61626")))     --> nil
