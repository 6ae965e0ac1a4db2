-- exit: 1
-- stderr: owned

error("\27[2J\27]0;owned\7\r" .. ("x"):rep(100), 0)
