print(hex.encode("\0\255abc"))  --> 00ff616263
