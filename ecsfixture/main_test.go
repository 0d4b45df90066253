package ecsfixture_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

func TestMain(m *testing.M) {
	_ = os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true") // its image can't be had everywhere
	goleak.VerifyTestMain(checked{m})
}

// checked are tests after which nothing may be left in the engine.
type checked struct{ *testing.M }

func (m checked) Run() int {
	code := m.M.Run()
	if os.Getenv(engineChild) != "" {
		return code // its engine is out of reach by now
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	left, err := docker.Left(ctx)
	if err != nil || len(left) > 0 {
		fmt.Fprintln(os.Stderr, "left in the engine:", left, err)
		return max(code, 1)
	}
	return code
}
