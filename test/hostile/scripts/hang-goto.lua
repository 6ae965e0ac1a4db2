-- exit: 5
-- stderr: hang-goto.lua:\d+: over the limit of 1s without a blocking call

::again::
goto again
