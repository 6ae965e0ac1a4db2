package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"

	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/luabind"
)

func keyCommand() *command {
	return &command{
		name: "key", args: "new|show FILE", short: "make a key to share under, or show its public half",
		help: "Anybody with the file can publish in your name: keep it to yourself, and a copy of it.\n" +
			"It is never overwritten. The public key is printed: with it others find what you share\n" +
			"under it. Scripts read the file with key.load, and write such with key.save.\n\n" +
			"  lightdht key new me.key\n" +
			"  lightdht share --key me.key --name walks walks.lightdht",
		run: func(_ context.Context, h *host, _ any, args []string) int {
			if len(args) != 2 {
				return h.misused("key takes \"new\" or \"show\" and the name of a file, as in \"lightdht key new me.key\"")
			}
			switch args[0] {
			case "new":
				return h.newKey(args[1])
			case "show":
				key, err := h.readKey(args[1])
				if err != nil {
					return h.report(err)
				}
				fmt.Fprintf(h.out, "%x\n", publicKey(key))
				return exitDone
			}
			return h.misused("key takes \"new\" or \"show\", got %q%s", args[0], didYouMean(args[0], []string{"new", "show"}))
		},
	}
}

// newKey writes a new key, as scripts read and write them.
func (h *host) newKey(path string) int {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return h.report(fmt.Errorf("no key can be made: %w", err))
	}
	switch err := files.CreateSecret(path, luabind.EncodeKey(key)); {
	case errors.Is(err, fs.ErrExist):
		return h.misused("%s exists already and stays as it is; choose another name", path)
	case err != nil:
		return h.misused("cannot write the key: %v", err)
	}
	fmt.Fprintf(h.out, "%x\n", public)
	return exitDone
}

// readKey reads what newKey or a script wrote, and warns of a file that others can read or change.
func (h *host) readKey(path string) (ed25519.PrivateKey, error) {
	text, err := files.ReadSecret(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the key: %w", err)
	}
	key, err := luabind.ParseKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s is no key that \"lightdht key new\" or key.save wrote: %w", path, err)
	}
	if files.Exposed(path) {
		h.complain("others than you can get at the key in %s; \"chmod 600 %s\" keeps it to yourself", path, path)
	}
	return key, nil
}

func publicKey(key ed25519.PrivateKey) (public [32]byte) {
	copy(public[:], key[ed25519.SeedSize:])
	return public
}
