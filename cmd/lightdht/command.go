package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/visible"
	"github.com/lightdht/lightdht/luabind/experiment"
)

// Exit codes. They are part of the contract with scripts and their users.
const (
	exitDone        = int(experiment.Done)
	exitFailed      = int(experiment.Failed)
	exitMisused     = int(experiment.Misused)
	exitCheckFailed = int(experiment.CheckFailed)
	exitTimeout     = int(experiment.TimedOut)
	exitLimit       = int(experiment.OverLimit)
	exitNoNetwork   = int(experiment.NoNetwork)
	exitInterrupted = int(experiment.Interrupted)
	exitUnread      = int(experiment.Unread)
)

// command is one subcommand.
type command struct {
	name, args, short string
	help              string // what follows the usage line: text and an example
	flags             func(*pflag.FlagSet) any
	run               func(ctx context.Context, h *host, options any, args []string) int
}

// commands lists what there is, in the order of the help text.
func commands() []*command {
	return []*command{runCommand(), sweepCommand(), packCommand(), verifyCommand(), shareCommand(), fetchCommand(), keyCommand(), consoleCommand(), nodeCommand(), newCommand(), doctorCommand(), probeCommand(), typesCommand(), completionCommand(), helpCommand(), versionCommand()}
}

// run runs the subcommand that the arguments name and returns the exit code.
func (h *host) run(ctx context.Context) int {
	if len(h.args) == 0 {
		printOverview(h.out)
		return exitMisused
	}
	name, args := h.args[0], h.args[1:]
	switch name {
	case "-h", "--help":
		name = "help"
	case "--version":
		name = "version"
	}
	c := find(name)
	if c == nil {
		return h.misused("unknown command %q%s; \"lightdht help\" lists them", name, commandMeant(name))
	}
	flags, options := c.flagSet()
	switch err := flags.Parse(args); {
	case errors.Is(err, pflag.ErrHelp):
		h.printHelp(c)
		return exitDone
	case err != nil:
		return h.misused("%s%s; see \"lightdht help %s\"", explainFlag(err, flags), roomForFlag(err, h.worldMemory()), c.name)
	}
	if raw, err := flags.GetBool(rawOutput); err == nil { // it has such a flag
		h.setRaw(raw)
	}
	return c.run(ctx, h, options, flags.Args())
}

// rawOutput is the flag of the commands that show what scripts print.
const rawOutput = "raw-output"

func registerRaw(flags *pflag.FlagSet) {
	flags.Bool(rawOutput, false, "on a terminal too, print what the script prints as it is; otherwise all that a terminal would obey is escaped there")
}

// flagSet makes the flags of c anew; options is what they are parsed into.
func (c *command) flagSet() (flags *pflag.FlagSet, options any) {
	flags = pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	flags.SetInterspersed(false) // what follows the script's name is the script's
	flags.SortFlags = false
	flags.Usage = func() {}
	if c.flags != nil {
		options = c.flags(flags)
	}
	return flags, options
}

func find(name string) *command {
	for _, c := range commands() {
		if c.name == name {
			return c
		}
	}
	return nil
}

func commandNames() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

// explainFlag is the error of pflag as a sentence that names the nearest flag.
func explainFlag(err error, flags *pflag.FlagSet) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || len(unknown.GetSpecifiedName()) < 2 {
		return err.Error()
	}
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	name := unknown.GetSpecifiedName()
	if near := engine.Nearest(name, names); near != "" {
		return fmt.Sprintf("unknown flag --%s (did you mean --%s?)", name, near)
	}
	return fmt.Sprintf("unknown flag --%s", name)
}

// didYouMean suggests the nearest of names, or nothing.
func didYouMean(word string, names []string) string {
	if near := engine.Nearest(word, names); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}

// commandMeant suggests what to type instead of a word that is no command, or
// nothing.
func commandMeant(word string) string {
	if isScript(word) || share.IsLink(word) {
		return fmt.Sprintf(" (did you mean \"lightdht run %s\"?)", word)
	}
	if _, ok := reference(word, helpColumns); ok {
		return fmt.Sprintf(" (did you mean \"lightdht help %s\"?)", word)
	}
	return didYouMean(word, commandNames())
}

// complaint is the line of an error message.
func complaint(format string, args ...any) string {
	return fmt.Sprintf("lightdht: %s\n", visible.Text(brief(fmt.Sprintf(format, args...))))
}
