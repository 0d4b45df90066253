// Package jobs is what the demo's containers do, as a Go program in a real
// container or as a function in a simulated one.
package jobs

import (
	"context"
	"fmt"
	"io"
	"time"
)

// GoodPassword is the one that the database of the story takes.
const GoodPassword = "correct horse"

// Env is what a job sees of its container.
type Env struct {
	Getenv         func(string) string
	Stdout, Stderr io.Writer
}

// Run runs the job that the first argument names and returns its exit code.
// ctx ends when the container is asked to stop.
func Run(ctx context.Context, args []string, env Env) int {
	switch {
	case len(args) == 1 && args[0] == "app":
		return app(ctx, env)
	case len(args) == 1 && args[0] == "metrics":
		return metrics(ctx, env)
	}
	fmt.Fprintln(env.Stderr, "usage: app | metrics")
	return 2
}

// app packs three orders, if it gets into its database.
func app(ctx context.Context, env Env) int {
	password := env.Getenv("DB_PASSWORD")
	fmt.Fprintf(env.Stdout, "signing in with a password of %d letters\n", len(password))
	if password != GoodPassword {
		fmt.Fprintln(env.Stderr, "the database refuses the password")
		return 3
	}
	for order := 1; order <= 3; order++ {
		if !pause(ctx, 400*time.Millisecond) {
			return 1
		}
		fmt.Fprintf(env.Stdout, "order %d of 3 packed\n", order)
	}
	return 0
}

// metrics is a sidecar: it goes on until it is asked to stop, then cleans up.
func metrics(ctx context.Context, env Env) int {
	fmt.Fprintln(env.Stdout, "collecting")
	for samples := 1; pause(ctx, 500*time.Millisecond); samples++ {
		fmt.Fprintf(env.Stdout, "sample %d\n", samples)
	}
	fmt.Fprintln(env.Stdout, "flushed, bye")
	return 0
}

// pause reports whether the time passed before ctx ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
