-- exit: 1
-- stderr: cannot write "/tmp/hostile": not granted to this script: run with --allow-write /tmp$

assert(io.open("/tmp/hostile", "w"))
