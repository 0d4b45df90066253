package simulated_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/runtimetest"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

func TestContract(t *testing.T) {
	runtimetest.Run(t, runtimetest.Harness{
		New:     func(testing.TB) runtime.Runtime { return simulated.New(contract()...) },
		Spec:    contractSpec,
		NoImage: "missing",
		Left:    func(rt runtime.Runtime) []string { return rt.(*simulated.Runtime).Left() },
		Wait:    10 * time.Second,
	})
}

// contract is the suite's behaviours as scripts, each for the image of its
// name.
func contract() []simulated.Option {
	bye := simulated.OnTerm(simulated.Print("bye"), simulated.Exit(7))
	scripts := map[runtimetest.Behavior][]simulated.Step{
		runtimetest.Prints: {
			simulated.Print("out 1"), simulated.PrintErr("err 1"), simulated.Print("out 2"), simulated.Exit(3),
		},
		runtimetest.PrintsMany: {simulated.Print(manyLines()...), simulated.Exit(0)},
		runtimetest.Obeys:      {simulated.Print("ready"), bye},
		runtimetest.Ignores:    {simulated.Print("ready"), simulated.IgnoreTerm()},
		runtimetest.Sickens: {
			simulated.HealthyAfter(time.Millisecond), simulated.UnhealthyAfter(2 * time.Millisecond), simulated.OnTerm(simulated.Exit(7)),
		},
		runtimetest.BadCommand: {simulated.FailStart("no such file or directory")},
	}
	opts := []simulated.Option{simulated.Strict()}
	for behavior, steps := range scripts {
		opts = append(opts, simulated.On(simulated.Image(string(behavior)), steps...))
	}
	return opts
}

func manyLines() []string {
	var lines []string
	for i := range 2000 {
		lines = append(lines, fmt.Sprintf("line %d", i+1))
	}
	return lines
}

func contractSpec(b runtimetest.Behavior) runtime.ContainerSpec {
	spec := runtime.ContainerSpec{Image: string(b)}
	if b == runtimetest.Sickens {
		spec.Health = &runtime.HealthCheck{Interval: time.Hour}
	}
	return spec
}
