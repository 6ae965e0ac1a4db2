-- exit: 1
-- stderr: escape-read.lua:\d+: cannot read "/etc/passwd": not granted to this script: run with --allow-read /etc$

assert(io.open("/etc/passwd"))
