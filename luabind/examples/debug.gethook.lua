print(debug.gethook() == nil)  --> true
