package main

func Example() {
	main()
	// Output: peers: [127.0.0.1:6881]
}
