// Package commands is idpsnap's command line: arguments in, one result out, and
// an exit status.
//
// Each command is a file. It has its texts and flags (newX), its settings
// (xArgs) and its work (runX), which takes plain values: read, compute, show.
// What they share is here: the Env they live in (env.go), how a command line is
// taken apart (command.go, permute.go), shared flags (flags.go), profiles
// (config.go), targets and credentials (target.go), states (states.go) and what
// errors end in (exit.go).
package commands

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/idpsnap/idpsnap/report"
)

// Main runs the command line args, without the program's name, and returns the
// exit status.
func Main(ctx context.Context, env Env, args []string) (status int) {
	say := sayer(env, args)
	defer func() {
		if p := recover(); p != nil {
			text := fmt.Sprintf("a bug in idpsnap %s: %v", env.Version, p)
			hint := "please report it at https://github.com/idpsnap/idpsnap/issues with the output of the same command under --verbose"
			if has(args, "--verbose") {
				text += "\n" + string(debug.Stack())
			}
			status = say(failure{exitFailed, text, hint})
		}
	}()
	shared := new(common)
	if err := dispatch(ctx, env, all(env, shared), shared, args); err != nil {
		if errors.Is(err, errDifferent) {
			return exitDifferent // the result has said it
		}
		return say(judge(ctx, err))
	}
	return exitDone
}

// all makes the commands, in the order of the help. They are made anew for each
// run, because the framework's flags remember.
func all(env Env, shared *common) []command {
	list := []command{
		newSnapshot(env, shared),
		newSnapshots(env, shared),
		newShow(env, shared),
		newDiff(env, shared),
		newLog(env, shared),
		newRestore(env, shared),
		newMigrate(env, shared),
		newApply(env, shared),
		newResume(env, shared),
		newRuns(env, shared),
		newSecrets(env, shared),
		newImpact(env, shared),
		newReport(env, shared),
		newVerify(env, shared),
		newExport(env, shared),
		newImport(env, shared),
		newForget(env, shared),
		newPin(env, shared),
		newUnpin(env, shared),
		newDoctor(env, shared),
		newSandbox(env),
		newDemo(env, shared),
	}
	return append(list, newHelp(env, func() []command {
		return append(list, newHelp(env, nil))
	}))
}

// sayer tells the person, or with --json the script, what went wrong. It looks
// at the bare arguments, because they may be what is wrong.
func sayer(env Env, args []string) func(failure) int {
	format := "text"
	if has(args, "--json") || has(args, "--format=json") || hasFormat(args, "json") {
		format = "json"
	}
	return func(f failure) int {
		report.Error(env.Stderr, format, f.code, f.text, f.hint)
		return f.code
	}
}

// hasFormat finds "--format json" before a "--".
func hasFormat(args []string, format string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	i := slices.Index(args, "--format")
	return i >= 0 && i+1 < len(args) && args[i+1] == format
}

// has reports whether the flag stands among the arguments.
func has(args []string, flag string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return slices.ContainsFunc(args, func(a string) bool {
		return a == flag || a == strings.TrimPrefix(flag, "-") || a == flag+"=true"
	})
}
