package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
	"github.com/ecsfixture/ecsfixture-go/examples/demo/jobs"
)

const image = "ecsfixture-demo:latest"

// newFixture chooses the runtime as the environment says; without a word, the
// Docker engine if there is one. kind tells the reader.
func newFixture(ctx context.Context) (fx *ecsfixture.Fixture, kind string, err error) {
	choice := os.Getenv(ecsfixture.RuntimeVariable)
	if choice == "simulated" {
		fx, err = newSimulated(ctx)
		return fx, "on simulated containers, as " + ecsfixture.RuntimeVariable + " says", err
	}
	fx, err = ecsfixture.New(ctx)
	switch {
	case errors.Is(err, ecsfixture.ErrNoEngine) && choice == "":
		fx, err = newSimulated(ctx)
		return fx, "on simulated containers, since no Docker engine answers", err
	case err != nil:
		return nil, "", err
	}
	if err := docker.BuildGoImage(ctx, appDir(), image); err != nil {
		return nil, "", closeAfter(fx, fmt.Errorf("the demo's image: %w", err))
	}
	return fx, "on real containers, in the Docker engine", nil
}

// newSimulated runs the same jobs as functions.
func newSimulated(ctx context.Context) (*ecsfixture.Fixture, error) {
	job := simulated.Func(func(ctx context.Context, p simulated.Process) int {
		return jobs.Run(ctx, p.Args, jobs.Env{Getenv: p.Getenv, Stdout: p.Stdout, Stderr: p.Stderr})
	})
	return ecsfixture.New(ctx, ecsfixture.WithRuntime(simulated.New(simulated.On(simulated.Image(image), job))))
}

// appDir is where the source of the image's program is.
func appDir() string {
	_, file, _, _ := goruntime.Caller(0)
	return filepath.Join(filepath.Dir(file), "app")
}
