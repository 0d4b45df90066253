// Command app is the program in the demo's image.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/ecsfixture/ecsfixture-go/examples/demo/jobs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	code := jobs.Run(ctx, os.Args[1:], jobs.Env{Getenv: os.Getenv, Stdout: os.Stdout, Stderr: os.Stderr})
	stop()
	os.Exit(code)
}
