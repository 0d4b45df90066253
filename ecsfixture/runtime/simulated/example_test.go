package simulated_test

import (
	"context"
	"fmt"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// run runs one container to its end and prints what it tells.
func run(rt *simulated.Runtime, spec runtime.ContainerSpec) {
	ctx := context.Background()
	ended := make(chan struct{})
	spec.Lines = func(l runtime.Line) { fmt.Println(l.Stream+":", l.Text) }
	spec.Events = func(e runtime.Event) { fmt.Println("exit code", e.ExitCode); close(ended) }
	task, err := rt.NewTask(ctx, runtime.TaskSpec{ID: "0123"})
	if err != nil {
		panic(err)
	}
	c, err := task.Create(ctx, spec)
	if err != nil {
		panic(err)
	}
	if _, err := c.Start(ctx); err != nil {
		panic(err)
	}
	<-ended
	_ = rt.Close(ctx)
}

func Example() {
	rt := simulated.New(
		simulated.On(simulated.Image("web"),
			simulated.Print("ready"),
			simulated.RunFor(time.Millisecond),
			simulated.PrintErr("out of luck"),
			simulated.Exit(1)),
	)
	run(rt, runtime.ContainerSpec{Name: "app", Image: "web:1.2"})
	// Output:
	// stdout: ready
	// stderr: out of luck
	// exit code 1
}

func ExampleFunc() {
	rt := simulated.New(
		simulated.On(simulated.Container("app"),
			simulated.Func(func(ctx context.Context, p simulated.Process) int {
				fmt.Fprintf(p.Stdout, "hello %s, I am %s", p.Getenv("NAME"), p.Name)
				return 0
			})),
	)
	run(rt, runtime.ContainerSpec{Name: "app", Env: []runtime.EnvVar{{Name: "NAME", Value: "you"}}})
	// Output:
	// stdout: hello you, I am app
	// exit code 0
}

func ExampleFault() {
	slow := func(ctx context.Context, c simulated.Call) error {
		if c.Container == "sidecar" {
			<-ctx.Done() // the engine hangs until its caller gives up
		}
		return ctx.Err()
	}
	rt := simulated.New(simulated.Fault(simulated.Start, slow))
	defer rt.Close(context.Background())

	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	task, _ := rt.NewTask(ctx, runtime.TaskSpec{ID: "0123"})
	c, _ := task.Create(ctx, runtime.ContainerSpec{Name: "sidecar"})
	_, err := c.Start(ctx)
	fmt.Println(err)
	// Output: context deadline exceeded
}

func ExampleRuntime_Find() {
	rt := simulated.New(simulated.On(simulated.Container("app"), simulated.Print("ready")))
	ready := func(l runtime.Line) {
		if app, ok := rt.Find("arn:aws:ecs:us-east-1:1:task/default/0123", "app"); ok && l.Text == "ready" {
			_ = app.OutOfMemory()
		}
	}
	ended := make(chan runtime.Event, 1)
	task, _ := rt.NewTask(context.Background(), runtime.TaskSpec{ID: "0123"})
	c, _ := task.Create(context.Background(), runtime.ContainerSpec{
		Name: "app", Lines: ready, Events: func(e runtime.Event) { ended <- e },
	})
	_, _ = c.Start(context.Background())
	e := <-ended
	fmt.Println(e.ExitCode, e.OOMKilled)
	_ = rt.Close(context.Background())
	// Output: 137 true
}
