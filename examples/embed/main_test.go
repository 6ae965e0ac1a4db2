package main

func Example() {
	main()
	// Output:
	// looking for	debian.iso, 20 pieces
	// pieces that are there, and peers: [19 1]
}
