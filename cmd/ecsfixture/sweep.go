package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

// sweepCommand removes what killed runs left.
type sweepCommand struct {
	Session string `placeholder:"NAME" help:"Remove what the runs with this --session made instead, whether they have ended or not: for those of other machines and of containers."`
}

// Help is shown by kong.
func (sweepCommand) Help() string {
	return `Removes the containers, networks and volumes of processes of this machine that have ended, and prints what it removed. It leaves alone what belongs to a running process. Each start does the same.`
}

// Run is called by kong.
func (c *sweepCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	removed, err := c.sweep(ctx)
	for _, name := range removed {
		fmt.Println("removed", name)
	}
	if len(removed) == 0 && err == nil {
		fmt.Println("nothing to remove")
	}
	return err
}

func (c *sweepCommand) sweep(ctx context.Context) ([]string, error) {
	if c.Session != "" {
		return docker.SweepSession(ctx, c.Session)
	}
	return docker.Sweep(ctx)
}
