package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
)

// execCommand runs a command against a fixture.
type execCommand struct {
	fixtureFlags
	Command []string `arg:"" passthrough:"partial" help:"The command and its arguments, after --."`
}

// Help is shown by kong.
func (execCommand) Help() string {
	return `Sets AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for the command, passes signals on to it, and exits with its exit code: 128 and the signal's number if a signal ended it, 127 if there is no such command, 126 if it can't be run, 125 if the endpoint can't start or not all can be removed, 80 if ecsfixture itself is called wrongly.

  ecsfixture exec -- aws ecs list-clusters`
}

// The exit codes that are not the command's own, as env(1) and docker run
// have them.
const (
	exitOwn       exitCode = 125
	exitCannotRun exitCode = 126
	exitNotFound  exitCode = 127
	exitBySignal  exitCode = 128 // and the signal's number
)

// exitCode ends the process without a message.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// Run is called by kong.
func (c *execCommand) Run(log *slog.Logger) error {
	// What arrives before the command runs is for the command, too.
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, forwarded...)
	fx, err := c.start(context.Background(), log)
	if err != nil {
		log.Error("the endpoint can't start", "error", err)
		return exitOwn
	}
	code := runCommand(c.words(), fx, signals, log)
	signal.Stop(signals) // the next signal ends the process
	if err := end(fx); err != nil {
		log.Error(err.Error())
		if code == 0 {
			code = exitOwn
		}
	}
	return code
}

// words is the command line without the dashes before it.
func (c *execCommand) words() []string {
	if c.Command[0] == "--" {
		return c.Command[1:]
	}
	return c.Command
}

// runCommand runs a command until it ends, whatever signals arrive.
func runCommand(words []string, fx *ecsfixture.Fixture, signals <-chan os.Signal, log *slog.Logger) exitCode {
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = clientEnvironment(os.Environ(), fx)
	if err := cmd.Start(); err != nil {
		log.Error("the command can't be run", "error", err)
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			return exitNotFound
		}
		return exitCannotRun
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case sig := <-signals:
			if !sentByTerminal(sig) {
				_ = cmd.Process.Signal(sig) // it may have ended
			}
		case <-ended: // an error says no more than the state
			return exitOf(cmd.ProcessState)
		}
	}
}
