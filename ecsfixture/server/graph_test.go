package server_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// TestAnyGraph runs tasks of any containers, dependencies, failures and
// moments of StopTask, and checks what holds for all.
func TestAnyGraph(t *testing.T) {
	for seed := range uint64(100) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			g := &graph{Rand: rand.New(rand.NewPCG(seed, 1)), T: t}
			g.make(4 + g.IntN(4))
			inWorldOf(t, server.Config{TaskChanged: g.changed}, g.live, g.scripts...)
		})
	}
}

// graph is a task definition, and what its task has shown so far.
type graph struct {
	*rand.Rand
	*testing.T
	containers []types.ContainerDefinition
	scripts    []simulated.Option
	seen       []types.Task
}

func (g *graph) seconds(most int) time.Duration {
	return time.Duration(g.IntN(most*10)) * time.Second / 10
}

// oneIn is true once in n times.
func (g *graph) oneIn(n int) bool { return g.IntN(n) == 0 }

func (g *graph) make(n int) {
	for i := range n {
		d := container(fmt.Sprintf("c%d", i))
		d.Essential = aws.Bool(i == 0 || g.oneIn(4))
		if g.oneIn(2) {
			checked(&d)
		}
		if g.oneIn(4) {
			restarting(&d)
		}
		if g.oneIn(2) {
			d.StartTimeout = aws.Int32(int32(2 + g.IntN(100)))
		}
		for _, on := range g.containers {
			if g.oneIn(2) {
				after(*on.Name, g.condition(on))(&d)
			}
		}
		g.containers = append(g.containers, d)
		g.scripts = append(g.scripts, simulated.On(simulated.Image(*d.Image), g.script()...))
	}
}

func (g *graph) condition(on types.ContainerDefinition) types.ContainerCondition {
	list := []types.ContainerCondition{types.ContainerConditionStart}
	if on.HealthCheck != nil {
		list = append(list, types.ContainerConditionHealthy)
	}
	if !*on.Essential {
		list = append(list, types.ContainerConditionComplete, types.ContainerConditionSuccess)
	}
	return list[g.IntN(len(list))]
}

func (g *graph) script() []simulated.Step {
	steps := []simulated.Step{simulated.SlowPull(g.seconds(20)), simulated.SlowCreate(g.seconds(3)), simulated.SlowStart(g.seconds(3)), simulated.HealthyAfter(g.seconds(40))}
	if g.oneIn(3) {
		steps = append(steps, simulated.RunFor(g.seconds(100)), simulated.Exit(g.IntN(2)))
	}
	for _, s := range []simulated.Step{simulated.FailPull("no"), simulated.FailCreate("no"), simulated.FailStart("no"), simulated.OutOfMemory(), simulated.Vanish("gone")} {
		if g.oneIn(20) {
			steps = append(steps, s)
		}
	}
	if g.oneIn(3) {
		steps = append(steps, simulated.IgnoreTerm())
	}
	return steps
}

func (g *graph) changed(task types.Task) { g.seen = append(g.seen, task) }

// live runs a task and stops it some time, if it didn't end by then.
func (g *graph) live(w *world) {
	mode := []types.NetworkMode{types.NetworkModeBridge, types.NetworkModeAwsvpc}[g.IntN(2)]
	arn := w.run(mode, g.containers...)
	time.Sleep(g.seconds(150))
	w.stop(arn, "")
	last := w.until(arn, "STOPPED")
	require.Equal(g, last.Version, int64(len(g.seen)), "an event for each version")
	for i, task := range g.seen {
		assert.Equal(g, int64(i+1), task.Version)
		if i > 0 {
			g.follows(g.seen[i-1], task)
		}
	}
	g.ended(last)
	if g.Failed() {
		for _, s := range w.Timeline(arn) {
			g.Log(s.At.Sub(*last.CreatedAt), s.Status, s.Text)
		}
	}
}

var order = []string{"PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"}

// follows checks a change: nothing goes back, and what is told stays true.
func (g *graph) follows(a, b types.Task) {
	assert.LessOrEqual(g, slices.Index(order, *a.LastStatus), slices.Index(order, *b.LastStatus))
	assert.False(g, *a.DesiredStatus == "STOPPED" && *b.DesiredStatus != "STOPPED")
	if a.StopCode != "" {
		assert.Equal(g, []string{string(a.StopCode), *a.StoppedReason}, []string{string(b.StopCode), *b.StoppedReason})
	}
	before, now := timesOf(a), timesOf(b)
	for i := range before {
		assert.False(g, before[i] != nil && !before[i].Equal(*now[i]), "timestamp %d changed", i)
	}
	for i := range a.Containers {
		g.moved(b, a.Containers[i], b.Containers[i])
	}
	if *a.LastStatus != "RUNNING" && *b.LastStatus == "RUNNING" {
		for _, c := range b.Containers {
			assert.NotEqual(g, "PENDING", *c.LastStatus, "RUNNING before %s was", *c.Name)
		}
	}
}

func timesOf(t types.Task) []*time.Time {
	return []*time.Time{t.CreatedAt, t.ConnectivityAt, t.PullStartedAt, t.PullStoppedAt, t.StartedAt, t.StoppingAt, t.ExecutionStoppedAt, t.StoppedAt}
}

// moved checks a change of a container.
func (g *graph) moved(task types.Task, a, b types.Container) {
	assert.LessOrEqual(g, slices.Index(order, *a.LastStatus), slices.Index(order, *b.LastStatus))
	if a.ExitCode != nil || *a.LastStatus == "STOPPED" {
		assert.Equal(g, []any{a.ExitCode, a.Reason}, []any{b.ExitCode, b.Reason})
	}
	if *a.LastStatus == "PENDING" && *b.LastStatus == "RUNNING" {
		g.gatesWereOpen(task, *b.Name)
	}
	if *a.LastStatus == "RUNNING" && *b.LastStatus == "STOPPED" && b.ExitCode != nil && *b.ExitCode == 143 {
		for _, d := range g.containers {
			if dependsOn(d, *b.Name) {
				assert.NotEqual(g, "RUNNING", *containerOf(task, *d.Name).LastStatus, "%s was stopped before %s", *b.Name, *d.Name)
			}
		}
	}
}

func dependsOn(d types.ContainerDefinition, name string) bool {
	return slices.ContainsFunc(d.DependsOn, func(on types.ContainerDependency) bool { return *on.ContainerName == name })
}

func containerOf(t types.Task, name string) types.Container {
	return t.Containers[slices.IndexFunc(t.Containers, func(c types.Container) bool { return *c.Name == name })]
}

// gatesWereOpen checks what a container that runs had waited for.
func (g *graph) gatesWereOpen(task types.Task, name string) {
	i := slices.IndexFunc(g.containers, func(d types.ContainerDefinition) bool { return *d.Name == name })
	for _, d := range g.containers[i].DependsOn {
		on := containerOf(task, *d.ContainerName)
		switch d.Condition {
		case types.ContainerConditionStart:
			assert.NotEqual(g, "PENDING", *on.LastStatus, "%s before %s", name, *on.Name)
		case types.ContainerConditionHealthy:
			assert.True(g, g.everHealthy(*on.Name), "%s before %s was healthy", name, *on.Name)
		default:
			require.Equal(g, "STOPPED", *on.LastStatus)
			require.NotNil(g, on.ExitCode)
			assert.True(g, d.Condition == types.ContainerConditionComplete || *on.ExitCode == 0)
		}
	}
}

func (g *graph) everHealthy(name string) bool {
	return slices.ContainsFunc(g.seen, func(t types.Task) bool {
		return containerOf(t, name).HealthStatus == types.HealthStatusHealthy
	})
}

// ended checks a task that has stopped.
func (g *graph) ended(task types.Task) {
	var last time.Time
	for i, at := range timesOf(task) {
		if at != nil && i != 5 && i != 6 { // stoppingAt and executionStoppedAt come in any order
			assert.False(g, at.Before(last), "timestamp %d", i)
			last = *at
		}
	}
	require.NotEmpty(g, task.StopCode)
	wasRunning := slices.ContainsFunc(g.seen, func(t types.Task) bool { return *t.LastStatus == "RUNNING" })
	assert.Equal(g, wasRunning, task.StartedAt != nil)
	assert.Equal(g, task.PullStartedAt != nil, task.PullStoppedAt != nil)
	assert.False(g, wasRunning && task.StopCode == types.TaskStopCodeTaskFailedToStart)
	for _, c := range task.Containers {
		assert.Equal(g, "STOPPED", *c.LastStatus)
		ran := slices.ContainsFunc(g.seen, func(t types.Task) bool { return *containerOf(t, *c.Name).LastStatus == "RUNNING" })
		forgone := strings.Contains(aws.ToString(c.Reason), "dependency graph: ")
		assert.Equal(g, forgone, !ran && c.ExitCode != nil, "%s never ran and has an exit code", *c.Name)
		assert.True(g, !ran || c.ExitCode != nil || c.Reason != nil, "%s ran and has neither exit code nor reason", *c.Name)
	}
}
