module github.com/lightdht/lightdht

go 1.26.0

require (
	github.com/cockroachdb/datadriven v1.0.3
	github.com/rogpeppe/go-internal v1.16.0
	github.com/spf13/pflag v1.1.0
	github.com/yuin/gopher-lua v1.1.2
	github.com/zeebo/bencode v1.0.0
	golang.org/x/sys v0.49.0
	layeh.com/gopher-luar v1.0.11
)

require (
	github.com/pmezard/go-difflib v1.0.0 // indirect
	golang.org/x/tools v0.26.0 // indirect
)
