package server_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// lives is how many random lives are lived; make soak lives more.
func lives() uint64 {
	if os.Getenv("ECSFIXTURE_SOAK") != "" {
		return 300
	}
	return 4
}

// auditor checks what must hold of a service at each change of its tasks and
// of itself, whatever is done to it.
type auditor struct {
	mu          sync.Mutex
	tasks       map[string]types.Task
	desired     int
	least, most int // percent; nothing is said of bounds if most is 0
	began       time.Time
	story       []string
	wrong       string // the first that was
}

func newAuditor(least, most int) *auditor {
	return &auditor{tasks: map[string]types.Task{}, least: least, most: most}
}

// begin tells of a service with so many tasks.
func (a *auditor) begin(desired int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.began, a.desired = time.Now(), desired
}

// unbound has nothing more said of bounds.
func (a *auditor) unbound() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.most = 0
}

// says adds a line to the story, which ends with what is wrong. The caller holds
// a.mu.
func (a *auditor) says(format string, args ...any) {
	if a.wrong != "" {
		return
	}
	a.story = append(a.story, fmt.Sprintf("%8s ", time.Since(a.began).Round(time.Second))+fmt.Sprintf(format, args...))
}

func (a *auditor) note(format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.says(format, args...)
}

// must notes the first thing that is wrong. The caller holds a.mu.
func (a *auditor) must(ok bool, format string, args ...any) {
	if ok || a.wrong != "" {
		return
	}
	wrong := fmt.Sprintf(format, args...)
	a.says("wrong: %s", wrong)
	a.wrong = wrong
}

func (a *auditor) report(t *testing.T) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	assert.Empty(t, a.wrong, "%s", strings.Join(a.story[max(0, len(a.story)-80):], "\n"))
}

// lifecycle is the order of a task's statuses.
var lifecycle = []string{"PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"}

func works(t types.Task) bool {
	return stays(t) && *t.LastStatus == "RUNNING" && t.HealthStatus == types.HealthStatusHealthy
}

func stays(t types.Task) bool { return *t.DesiredStatus == "RUNNING" }

func (a *auditor) count(want func(types.Task) bool) (n int) {
	for _, t := range a.tasks {
		if want(t) {
			n++
		}
	}
	return n
}

// taskChanged is told each change of a task.
func (a *auditor) taskChanged(t types.Task) {
	a.mu.Lock()
	defer a.mu.Unlock()
	before, known := a.tasks[*t.TaskArn]
	a.tasks[*t.TaskArn] = t
	if !known {
		a.says("launched for %s", *t.StartedBy)
		a.must(t.Version == 1, "the first version is %d", t.Version)
		a.must(a.most == 0 || a.count(stays) <= max(a.desired, a.desired*a.most/100), "%d tasks of %d", a.count(stays), a.desired)
		return
	}
	a.must(t.Version == before.Version+1, "version %d after %d", t.Version, before.Version)
	a.must(slices.Index(lifecycle, *t.LastStatus) >= slices.Index(lifecycle, *before.LastStatus), "%s after %s", *t.LastStatus, *before.LastStatus)
	a.must(stays(before) || !stays(t), "desired again")
	if stays(before) && !stays(t) {
		a.says("%s stops: %s", *t.StartedBy, *t.StoppedReason)
		scheduled := works(before) && t.StopCode == types.TaskStopCodeServiceSchedulerInitiated
		a.must(a.most == 0 || !scheduled || a.count(works) >= (a.desired*a.least+99)/100, "%d healthy of %d", a.count(works), a.desired)
	}
}

// serviceEvent is told what the service does.
func (a *auditor) serviceEvent(e server.ServiceEvent) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.says("%s %s", e.Name, e.Reason)
	if e.Name == "SERVICE_DESIRED_COUNT_UPDATED" {
		a.desired = int(e.DesiredCount)
	}
}

// serviceChanged is shown the service again and again.
func (a *auditor) serviceChanged(sv types.Service) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	var running, pending int32
	ids := map[string]bool{}
	for i, d := range sv.Deployments {
		ids[*d.Id] = true
		running, pending = running+d.RunningCount, pending+d.PendingCount
		a.must((i == 0) == (*d.Status == "PRIMARY"), "deployment %d is %s", i, *d.Status)
		a.must(d.DesiredCount <= sv.DesiredCount, "deployment %d wants %d of %d", i, d.DesiredCount, sv.DesiredCount)
	}
	a.must(len(ids) == len(sv.Deployments) && len(ids) > 0, "%d deployments with %d ids", len(sv.Deployments), len(ids))
	a.must(running == sv.RunningCount && pending == sv.PendingCount, "%d+%d tasks of %d+%d", running, pending, sv.RunningCount, sv.PendingCount)
	a.must(len(sv.Events) <= 100, "%d events", len(sv.Events))
	a.must(slices.IsSortedFunc(sv.Events, func(x, y types.ServiceEvent) int { return y.CreatedAt.Compare(*x.CreatedAt) }), "events out of order")
	return false
}

// watch shows the service to the auditor for the rest of the test.
func (w *world) watch(a *auditor) {
	go func() {
		_, _ = w.AwaitService(w.Context(), "arn:aws:ecs:us-east-1:000000000000:service/default/web", a.serviceChanged)
	}()
}

// chaos does one random thing to the service.
func (w *world) chaos(a *auditor, r *rand.Rand, images ...string) {
	tasks := w.serving()
	switch n := r.IntN(10); {
	case n < 3:
		image := images[r.IntN(len(images))]
		a.note("ship %s", image)
		w.ship(w.release(image, checked, published))
	case n < 5:
		w.scale(int32(r.IntN(6)))
	case n < 6:
		how := types.StopServiceDeploymentStopType("").Values()[r.IntN(2)]
		_, err := w.StopServiceDeployment(w.Context(), &ecs.StopServiceDeploymentInput{ServiceDeploymentArn: w.web().CurrentServiceDeployment, StopType: how})
		a.note("%s: %v", how, err)
	case n < 7:
		w.SetAlarm("errors", r.IntN(2) == 0)
	case len(tasks) > 0:
		w.molest(r, *tasks[r.IntN(len(tasks))].TaskArn)
	}
}

// molest does a random thing to a task.
func (w *world) molest(r *rand.Rand, arn string) {
	live, ok := w.rt.Find(arn, "app")
	switch n := r.IntN(4); {
	case n == 0:
		w.stop(arn, "")
	case n == 1 && ok:
		_ = live.Exit(r.IntN(2)) // it may not run
	case n == 2 && ok:
		_ = live.SetHealthy(false)
	default:
		_, _ = w.UpdateTaskProtection(w.Context(), &ecs.UpdateTaskProtectionInput{
			Cluster: aws.String("default"), Tasks: []string{arn}, ProtectionEnabled: r.IntN(2) == 0, ExpiresInMinutes: aws.Int32(10),
		})
	}
}

// TestSoakRollingUpdates does random things to a service, and
// checks at each moment what must hold.
func TestSoakRollingUpdates(t *testing.T) {
	for seed := range lives() {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			a := newAuditor([]int{0, 33, 50, 100}[r.IntN(4)], []int{100, 150, 200}[r.IntN(3)])
			inWorldOf(t, server.Config{TaskChanged: a.taskChanged, ServiceEvent: a.serviceEvent}, func(w *world) {
				liveRolling(w, a, r)
			}, scripted...)
		})
	}
}

var scripted = []simulated.Option{
	broken,
	simulated.On(simulated.Image("crash"), simulated.RunFor(3*time.Minute), simulated.Exit(1)),
	simulated.On(simulated.Image("ends"), simulated.RunFor(8*time.Second)),
	simulated.On(simulated.Image("slow"), simulated.SlowStart(20*time.Second)),
	simulated.On(simulated.Image("sick"), simulated.NeverHealthy()),
}

func liveRolling(w *world, a *auditor, r *rand.Rand) {
	defer a.report(w.T)
	a.begin(3)
	w.serve(w.release("good", checked), 3, strategy("", int32(r.IntN(3)), func(c *types.DeploymentConfiguration) {
		c.MinimumHealthyPercent, c.MaximumPercent = aws.Int32(int32(a.least)), aws.Int32(int32(a.most))
		c.DeploymentCircuitBreaker = &types.DeploymentCircuitBreaker{Enable: r.IntN(2) == 0, Rollback: r.IntN(3) > 0}
		c.Alarms = &types.DeploymentAlarms{AlarmNames: []string{"errors"}, Enable: true, Rollback: r.IntN(2) == 0}
	}))
	w.stable()
	w.watch(a)
	for range 30 {
		w.chaos(a, r, "good", "good", "broken", "crash", "ends", "slow", "sick")
		time.Sleep(time.Duration(r.ExpFloat64() * float64(40*time.Second)))
	}
	w.SetAlarm("errors", false)
	a.unbound()
	w.update(func(in *ecs.UpdateServiceInput) {
		in.TaskDefinition, in.DesiredCount = aws.String(w.release("good", checked)), aws.Int32(4)
		in.DeploymentConfiguration = &types.DeploymentConfiguration{MaximumPercent: aws.Int32(200)}
	})
	assert.Equal(w, int32(4), w.stable().RunningCount)
	assert.Len(w, w.serving(), 4)
}

// traffic are target groups that tell an auditor where requests would find no
// healthy target.
type traffic struct {
	*groups
	*auditor
	healthy map[string]map[string]bool // tasks by group
	weights map[string]float64
}

func (g *traffic) flows(when string) {
	g.auditor.mu.Lock()
	defer g.auditor.mu.Unlock()
	g.says("%s %v", when, g.weights)
	for group, weight := range g.weights {
		g.must(weight == 0 || len(g.healthy[group]) > 0, "%s has %v percent and no healthy target", group, weight)
	}
}

func (g *traffic) Register(_ context.Context, t server.Target, health func(server.TargetHealth)) error {
	time.AfterFunc(5*time.Second, func() {
		g.groups.mu.Lock()
		if g.healthy[t.Group] == nil {
			g.healthy[t.Group] = map[string]bool{}
		}
		g.healthy[t.Group][t.Task] = true
		g.groups.mu.Unlock()
		health(server.TargetHealth{Healthy: true, Checked: true})
	})
	return nil
}

func (g *traffic) Deregister(ctx context.Context, t server.Target) error {
	g.groups.mu.Lock()
	delete(g.healthy[t.Group], t.Task)
	g.flows("deregistered")
	g.groups.mu.Unlock()
	return g.groups.Deregister(ctx, t)
}

func (g *traffic) Shift(_ context.Context, rule string, weights map[string]float64) error {
	g.groups.mu.Lock()
	defer g.groups.mu.Unlock()
	if rule == "prod" {
		g.weights = weights
		g.flows("shifted")
	}
	return nil
}

// TestSoakTraffic deploys in all ways, one into the other, and
// back.
func TestSoakTraffic(t *testing.T) {
	for seed := range lives() {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			g := &traffic{newGroups(), newAuditor(100, 0), map[string]map[string]bool{}, nil}
			cfg := server.Config{TaskChanged: g.taskChanged, ServiceEvent: g.serviceEvent, Targets: g}
			inWorldOf(t, cfg, func(w *world) { liveShifting(w, g, r) }, scripted...)
		})
	}
}

func liveShifting(w *world, g *traffic, r *rand.Rand) {
	defer g.report(w.T)
	g.begin(2)
	w.serve(w.release("good", published), 2, balanced, strategy(types.DeploymentStrategyBlueGreen, int32(r.IntN(3)), func(c *types.DeploymentConfiguration) {
		c.Alarms = &types.DeploymentAlarms{AlarmNames: []string{"errors"}, Enable: true, Rollback: r.IntN(2) == 0}
	}))
	w.stable()
	w.watch(g.auditor)
	for range 30 {
		w.redirect(g.auditor, r)
		time.Sleep(time.Duration(r.ExpFloat64() * float64(40*time.Second)))
	}
	w.SetAlarm("errors", false)
	w.hook(types.DeploymentLifecycleHookStatusSucceeded)
	w.ship(w.release("good", published))
	w.scale(3)
	assert.Equal(w, int32(3), w.stable().RunningCount)
}

// hook sets what the lifecycle hooks say from now on.
func (w *world) hook(says types.DeploymentLifecycleHookStatus) {
	w.SetHook("lambda", func(context.Context, server.HookCall) (types.DeploymentLifecycleHookStatus, error) { return says, nil })
}

// redirect does one random thing to the service that must not cost a request.
func (w *world) redirect(a *auditor, r *rand.Rand) {
	switch n := r.IntN(10); {
	case n < 3:
		w.ship(w.release([]string{"good", "slow"}[r.IntN(2)], published))
	case n == 8:
		stages := types.DeploymentLifecycleHookStage("").Values()
		hooks := lambda(stages[r.IntN(len(stages))])
		w.update(func(in *ecs.UpdateServiceInput) {
			in.DeploymentConfiguration = &types.DeploymentConfiguration{}
			hooks(in.DeploymentConfiguration)
		})
	case n == 9:
		w.hook([]types.DeploymentLifecycleHookStatus{"SUCCEEDED", "FAILED", "IN_PROGRESS"}[r.IntN(3)])
	case n < 5:
		how := types.StopServiceDeploymentStopType("").Values()[r.IntN(2)]
		_, err := w.StopServiceDeployment(w.Context(), &ecs.StopServiceDeploymentInput{ServiceDeploymentArn: w.web().CurrentServiceDeployment, StopType: how})
		a.note("%s: %v", how, err)
	case n < 6:
		w.scale(int32(1 + r.IntN(4)))
	case n < 7:
		w.SetAlarm("errors", r.IntN(2) == 0)
	default:
		kind := types.DeploymentStrategy("").Values()[r.IntN(4)]
		a.note("strategy %s", kind)
		w.update(func(in *ecs.UpdateServiceInput) {
			in.DeploymentConfiguration = &types.DeploymentConfiguration{Strategy: kind}
		})
	}
}
