package main

func Example() {
	main()
	// Output:
	// checking	debian.iso
	// 19 pieces are there
}
