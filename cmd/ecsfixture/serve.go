package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
)

// serveCommand serves until a signal.
type serveCommand struct {
	fixtureFlags
}

// Help is shown by kong.
func (serveCommand) Help() string {
	return `Prints the environment that makes clients of AWS call the endpoint, and then a line with "ready", for a shell to read:

  ecsfixture serve >env.sh & until grep -q ready env.sh; do sleep 0.1; done; . ./env.sh

GET /health answers 200 from then on, and GET /_ecsfixture/ tells what else there is to look at. A second signal ends it at once; ecsfixture sweep then removes what is left.`
}

// Run is called by kong.
func (c *serveCommand) Run(log *slog.Logger) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	fx, err := c.start(ctx, log)
	if err != nil {
		return err
	}
	if err := c.announce(fx); err != nil {
		return errors.Join(err, end(fx))
	}
	<-ctx.Done()
	stop() // the next signal ends the process
	log.Info("removing everything", "reason", context.Cause(ctx))
	return end(fx)
}

// announce writes all at once: who reads the first line finds the others.
func (c *serveCommand) announce(fx *ecsfixture.Fixture) error {
	_, err := fmt.Printf("%s# ecsfixture is ready at %s (%s, account %s, runtime %s)\n",
		shellEnvironment(fx), fx.URL, fx.Region, fx.Account, c.Runtime)
	return err
}
