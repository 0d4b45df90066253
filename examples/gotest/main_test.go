package gotest

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

const image = "ecsfixture-example-worker:latest"

// shared is a fixture for all tests that don't mind each other's tasks.
var shared *ecsfixture.Fixture

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

// testMain is apart from TestMain because os.Exit runs no deferred calls.
func testMain(m *testing.M) (code int) {
	ctx := context.Background()
	fx, err := ecsfixture.New(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		if err := fx.Close(ctx); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}()
	// The image is built from source: no registry is needed.
	if err := docker.BuildGoImage(ctx, "worker", image); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	shared = fx
	return m.Run()
}
