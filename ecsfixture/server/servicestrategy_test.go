package server_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecsdocument "github.com/aws/aws-sdk-go-v2/service/ecs/document"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// groups are target groups that take 5 s to find a target healthy and 30 s to
// drain one.
type groups struct {
	mu     sync.Mutex
	in     map[string][]server.Target // by group
	most   map[string]int
	sick   string // substring of the tasks or groups whose checks fail
	shifts []string
}

func newGroups() *groups {
	return &groups{in: map[string][]server.Target{}, most: map[string]int{}}
}

func (g *groups) Known(arn string) bool { return strings.HasPrefix(arn, "tg-") }

func (g *groups) Register(_ context.Context, t server.Target, health func(server.TargetHealth)) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.in[t.Group] = append(g.in[t.Group], t)
	g.most[t.Group] = max(g.most[t.Group], len(g.in[t.Group]))
	sick := g.sick != "" && strings.Contains(t.Group, g.sick)
	time.AfterFunc(5*time.Second, func() {
		health(server.TargetHealth{Healthy: !sick, Checked: true, Reason: "Health checks failed"})
	})
	return nil
}

func (g *groups) Deregister(ctx context.Context, t server.Target) error {
	g.mu.Lock()
	g.in[t.Group] = slices.DeleteFunc(g.in[t.Group], func(o server.Target) bool { return o == t })
	g.mu.Unlock()
	select {
	case <-time.After(30 * time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *groups) Shift(_ context.Context, rule string, weights map[string]float64) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shifts = append(g.shifts, fmt.Sprint(rule, " ", weights))
	return nil
}

// shifted returns the shifts from the nth on.
func (g *groups) shifted(n int) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.shifts[min(n, len(g.shifts)):])
}

// failing makes the checks of a group fail.
func (g *groups) failing(group string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sick = group
}

func (g *groups) count(group string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.in[group])
}

func published(d *types.ContainerDefinition) {
	d.PortMappings = []types.PortMapping{{ContainerPort: aws.Int32(80)}}
}

func balanced(in *ecs.CreateServiceInput) {
	in.LoadBalancers = []types.LoadBalancer{{
		TargetGroupArn: aws.String("tg-blue"), ContainerName: aws.String("app"), ContainerPort: aws.Int32(80),
		AdvancedConfiguration: &types.AdvancedConfiguration{
			AlternateTargetGroupArn: aws.String("tg-green"),
			ProductionListenerRule:  aws.String("prod"), TestListenerRule: aws.String("test"),
		},
	}}
}

func TestTargetsAreRegisteredAndDrained(t *testing.T) {
	g := newGroups()
	inWorldOf(t, server.Config{Targets: g}, func(w *world) {
		began := time.Now()
		w.serve(w.release("v1", published), 2, balanced)
		w.stable()
		assert.GreaterOrEqual(t, time.Since(began), 5*time.Second, "healthy is what the target group says")
		assert.Equal(t, 2, g.count("tg-blue"))
		old := *w.serving()[0].TaskArn
		w.ship(w.release("v2", published))
		sv := w.stable()
		assert.Equal(t, 2, g.count("tg-blue"))
		assert.Equal(t, 4, g.most["tg-blue"])
		task := w.until(old, "STOPPED")
		assert.Equal(t, 30*time.Second, task.StoppedAt.Sub(*task.StoppingAt), "it ran until it was drained")
		assert.Equal(t, []string{"PENDING", "RUNNING", "DEACTIVATING", "STOPPING", "STOPPED"}, w.statuses(old))
		all := strings.Join(messages(sv), "\n")
		assert.Contains(t, all, "(service web) registered 1 targets in (target-group tg-blue)")
		assert.Contains(t, all, "(service web) deregistered 1 targets in (target-group tg-blue)\n"+
			"(service web, taskSet "+*task.StartedBy+") has begun draining connections on 1 tasks.\n")
		assert.Equal(t, int32(0), *sv.HealthCheckGracePeriodSeconds)
	})
}

func TestTargetGroupMustBeKnown(t *testing.T) {
	for _, cfg := range []server.Config{{}, {Targets: newGroups()}} {
		inWorldOf(t, cfg, func(w *world) {
			in := &ecs.CreateServiceInput{ServiceName: aws.String("web"), TaskDefinition: aws.String(w.release("v1", published)), DesiredCount: aws.Int32(1)}
			balanced(in)
			in.LoadBalancers[0].TargetGroupArn = aws.String("other")
			_, err := w.CreateService(t.Context(), in)
			require.ErrorContains(t, err, "The specified target group does not exist.")
		})
	}
}

func TestUnhealthyTargetRollsBack(t *testing.T) {
	g := newGroups()
	inWorldOf(t, server.Config{Targets: g}, func(w *world) {
		w.serve(w.release("v1", published), 1, balanced, func(in *ecs.CreateServiceInput) {
			in.HealthCheckGracePeriodSeconds = aws.Int32(20)
			breaking(true)(in)
		})
		w.stable()
		g.failing("tg-blue")
		w.ship(w.release("v2", published))
		sv := w.reaches(func(sv types.Service) bool { return len(sv.Deployments) == 1 && isStable(sv) })
		assert.Equal(t, "v1", *w.serving()[0].Containers[0].Image)
		list, err := w.ListTasks(t.Context(), &ecs.ListTasksInput{ServiceName: aws.String("web"), DesiredStatus: types.DesiredStatusStopped})
		require.NoError(t, err)
		task := w.until(list.TaskArns[0], "STOPPED")
		assert.Equal(t, "Task failed ELB health checks in (target-group tg-blue)", *task.StoppedReason)
		assert.GreaterOrEqual(t, task.StoppingAt.Sub(*task.StartedAt), 20*time.Second, "not within the grace period")
		assert.Contains(t, strings.Join(messages(sv), "\n"), "is unhealthy in (target-group tg-blue) due to (reason Health checks failed).")
	})
}

func strategy(s types.DeploymentStrategy, bake int32, change ...func(*types.DeploymentConfiguration)) func(*ecs.CreateServiceInput) {
	return func(in *ecs.CreateServiceInput) {
		in.DeploymentConfiguration = &types.DeploymentConfiguration{Strategy: s, BakeTimeInMinutes: &bake}
		for _, f := range change {
			f(in.DeploymentConfiguration)
		}
	}
}

func lambda(stages ...types.DeploymentLifecycleHookStage) func(*types.DeploymentConfiguration) {
	return func(c *types.DeploymentConfiguration) {
		c.LifecycleHooks = append(c.LifecycleHooks, types.DeploymentLifecycleHook{HookTargetArn: aws.String("lambda"), LifecycleStages: stages})
	}
}

func TestBlueGreen(t *testing.T) {
	g := newGroups()
	inWorldOf(t, server.Config{Targets: g}, func(w *world) {
		var calls []string
		w.SetHook("lambda", func(_ context.Context, c server.HookCall) (types.DeploymentLifecycleHookStatus, error) {
			if len(calls) == 1 && calls[0] == "PRE_SCALE_UP" {
				calls = append(calls, "again")
				return types.DeploymentLifecycleHookStatusInProgress, nil
			}
			calls = append(calls, string(c.Stage))
			return types.DeploymentLifecycleHookStatusSucceeded, nil
		})
		w.serve(w.release("v1", published), 2, balanced, strategy(types.DeploymentStrategyBlueGreen, 10,
			lambda("PRE_SCALE_UP", "POST_SCALE_UP"), lambda("POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT")))
		w.stable()
		calls = nil
		w.ship(w.release("v2", published))
		w.reaches(func(types.Service) bool {
			return w.deployment(0).LifecycleStage == types.ServiceDeploymentLifecycleStageBakeTime
		})
		assert.Equal(t, 2, g.count("tg-blue"), "blue is there while green bakes")
		assert.Equal(t, 2, g.count("tg-green"))
		assert.InDelta(t, 100, *w.deployment(0).TargetServiceRevision.RequestedProductionTrafficWeight, 0)
		w.stable()
		assert.Equal(t, []string{"PRE_SCALE_UP", "again", "POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT"}, calls)
		assert.Equal(t, []string{"prod map[tg-blue:100 tg-green:0]", "test map[tg-blue:0 tg-green:100]", "prod map[tg-blue:0 tg-green:100]"}, g.shifted(0))
		assert.Zero(t, g.count("tg-blue"))
		r := w.deployment(0)
		assert.Equal(t, types.ServiceDeploymentStatusSuccessful, r.Status)
		assert.GreaterOrEqual(t, r.FinishedAt.Sub(*r.CreatedAt), 10*time.Minute)
		w.ship(w.release("v3", published))
		w.stable()
		assert.Equal(t, 2, g.count("tg-blue"), "blue and green take turns")
		assert.Zero(t, g.count("tg-green"))
	})
}

func TestHookThatFails(t *testing.T) {
	g := newGroups()
	inWorldOf(t, server.Config{Targets: g}, func(w *world) {
		fail := false
		w.SetHook("lambda", func(context.Context, server.HookCall) (types.DeploymentLifecycleHookStatus, error) {
			if fail {
				return "", errors.New("smoke test failed")
			}
			return types.DeploymentLifecycleHookStatusSucceeded, nil
		})
		first := *w.serve(w.release("v1", published), 1, balanced, strategy(types.DeploymentStrategyBlueGreen, 0, lambda("POST_PRODUCTION_TRAFFIC_SHIFT", "POST_SCALE_UP"))).Deployments[0].Id
		w.stable()
		kept := *w.serving()[0].TaskArn
		fail = true
		w.ship(w.release("v2", published))
		sv := w.reaches(func(sv types.Service) bool { return isStable(sv) })
		assert.Equal(t, first, *sv.Deployments[0].Id)
		assert.Equal(t, kept, *w.serving()[0].TaskArn)
		r := w.deployment(0)
		assert.Equal(t, types.ServiceDeploymentStatusRollbackSuccessful, r.Status)
		assert.Contains(t, *r.StatusReason, "smoke test failed")
		assert.Equal(t, types.DeploymentLifecycleHookStatusFailed, r.LifecycleHookDetails[0].Status)
	})
}

func TestCanary(t *testing.T) {
	g := newGroups()
	inWorldOf(t, server.Config{Targets: g}, func(w *world) {
		w.serve(w.release("v1", published), 1, balanced, strategy(types.DeploymentStrategyCanary, 0, func(c *types.DeploymentConfiguration) {
			c.CanaryConfiguration = &types.CanaryConfiguration{CanaryPercent: aws.Float64(20), CanaryBakeTimeInMinutes: aws.Int32(15)}
			c.Alarms = &types.DeploymentAlarms{AlarmNames: []string{"errors"}, Enable: true, Rollback: true}
		}))
		w.stable()
		w.ship(w.release("v2", published))
		w.stable()
		assert.Equal(t, []string{"prod map[tg-blue:80 tg-green:20]", "prod map[tg-blue:0 tg-green:100]"}, g.shifted(2))
		r := w.deployment(0)
		assert.GreaterOrEqual(t, r.FinishedAt.Sub(*r.CreatedAt), 15*time.Minute)

		w.ship(w.release("v3", published))
		w.reaches(func(types.Service) bool { return len(g.shifted(0)) == 6 })
		w.SetAlarm("errors", true)
		sv := w.stable()
		assert.Equal(t, []string{"prod map[tg-blue:20 tg-green:80]", "prod map[tg-blue:0 tg-green:100]"}, g.shifted(5))
		assert.Equal(t, "v2", *w.serving()[0].Containers[0].Image)
		assert.Contains(t, *sv.Deployments[0].RolloutStateReason, "alarm(s) detected")
		assert.Equal(t, []string{"errors"}, w.deployment(0).Alarms.TriggeredAlarmNames)
	})
}

func TestAlarmWhileRollingUpdateBakes(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 2, strategy("", 10, func(c *types.DeploymentConfiguration) {
			c.Alarms = &types.DeploymentAlarms{AlarmNames: []string{"errors"}, Enable: true, Rollback: true}
		}))
		w.stable()
		w.ship(w.release("v2"))
		w.reaches(func(types.Service) bool {
			return w.deployment(0).LifecycleStage == types.ServiceDeploymentLifecycleStageBakeTime
		})
		w.SetAlarm("errors", true)
		w.stable()
		assert.Equal(t, "v1", *w.serving()[0].Containers[0].Image)
	})
}

func TestPause(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 1, strategy(types.DeploymentStrategyBlueGreen, 0))
		w.stable()
		pause := func(c *types.DeploymentConfiguration) {
			c.LifecycleHooks = []types.DeploymentLifecycleHook{{TargetType: types.DeploymentLifecycleHookTargetTypePause, LifecycleStages: []types.DeploymentLifecycleHookStage{"POST_SCALE_UP"}}}
		}
		ship := func(image string) types.ServiceDeployment {
			w.update(func(in *ecs.UpdateServiceInput) {
				in.TaskDefinition = aws.String(w.release(image))
				in.DeploymentConfiguration = &types.DeploymentConfiguration{}
				pause(in.DeploymentConfiguration)
			})
			time.Sleep(time.Hour)
			return w.deployment(0)
		}
		r := ship("v2")
		require.Len(t, r.LifecycleHookDetails, 1)
		hook := r.LifecycleHookDetails[0]
		assert.Equal(t, types.DeploymentLifecycleHookStatusAwaitingAction, hook.Status)
		assert.Len(t, w.serving(), 2)
		_, err := w.ContinueServiceDeployment(t.Context(), &ecs.ContinueServiceDeploymentInput{ServiceDeploymentArn: r.ServiceDeploymentArn, HookId: hook.HookId})
		require.NoError(t, err)
		w.stable()
		assert.Equal(t, "v2", *w.serving()[0].Containers[0].Image)

		r = ship("v3")
		_, err = w.ContinueServiceDeployment(t.Context(), &ecs.ContinueServiceDeploymentInput{
			ServiceDeploymentArn: r.ServiceDeploymentArn, HookId: r.LifecycleHookDetails[0].HookId, Action: types.DeploymentLifecycleHookActionRollback,
		})
		require.NoError(t, err)
		w.stable()
		assert.Equal(t, "v2", *w.serving()[0].Containers[0].Image)

		r = ship("v4")
		time.Sleep(24 * time.Hour)
		w.stable()
		assert.Equal(t, "v2", *w.serving()[0].Containers[0].Image, "nobody answered")
		assert.Equal(t, types.DeploymentLifecycleHookStatusTimedOut, w.deployment(0).LifecycleHookDetails[0].Status)
	})
}

func TestStopServiceDeployment(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 2)
		w.stable()
		w.ship(w.release("slow"))
		synctest.Wait()
		in := &ecs.StopServiceDeploymentInput{ServiceDeploymentArn: w.deployment(0).ServiceDeploymentArn}
		_, err := w.StopServiceDeployment(t.Context(), in)
		require.NoError(t, err)
		_, err = w.StopServiceDeployment(t.Context(), in)
		var conflict *types.ConflictException
		require.ErrorAs(t, err, &conflict)
		w.stable()
		assert.Equal(t, "v1", *w.serving()[0].Containers[0].Image)
		assert.Equal(t, types.ServiceDeploymentStatusRollbackSuccessful, w.deployment(0).Status)
		revisions, err := w.DescribeServiceRevisions(t.Context(), &ecs.DescribeServiceRevisionsInput{ServiceRevisionArns: []string{*w.deployment(0).TargetServiceRevision.Arn, "x"}})
		require.NoError(t, err)
		assert.Equal(t, "slow", *revisions.ServiceRevisions[0].ContainerImages[0].Image)
		assert.Equal(t, "MISSING", *revisions.Failures[0].Reason)
	}, simulated.On(simulated.Image("slow"), simulated.SlowStart(time.Minute)))
}

func TestTaskSets(t *testing.T) {
	inWorld(t, func(w *world) {
		external := &types.DeploymentController{Type: types.DeploymentControllerTypeExternal}
		_, err := w.CreateService(t.Context(), &ecs.CreateServiceInput{ServiceName: aws.String("web"), DesiredCount: aws.Int32(3), DeploymentController: external})
		require.NoError(t, err)
		names := func(ts *types.TaskSet) (*string, *string, *string) {
			return aws.String("default"), aws.String("web"), ts.Id
		}
		made, err := w.CreateTaskSet(t.Context(), &ecs.CreateTaskSetInput{
			Cluster: aws.String("default"), Service: aws.String("web"), TaskDefinition: aws.String(w.release("v1")),
			Scale: &types.Scale{Value: 50},
		})
		require.NoError(t, err)
		assert.Equal(t, int32(2), made.TaskSet.ComputedDesiredCount)
		assert.Equal(t, types.StabilityStatusStabilizing, made.TaskSet.StabilityStatus)
		sv := w.reaches(func(sv types.Service) bool { return sv.TaskSets[0].StabilityStatus == types.StabilityStatusSteadyState })
		assert.Equal(t, int32(2), sv.RunningCount)
		assert.Equal(t, *made.TaskSet.Id, *w.serving()[0].StartedBy)
		c, s, id := names(made.TaskSet)
		_, err = w.UpdateTaskSet(t.Context(), &ecs.UpdateTaskSetInput{Cluster: c, Service: s, TaskSet: id, Scale: &types.Scale{Value: 100}})
		require.NoError(t, err)
		w.reaches(func(sv types.Service) bool { return sv.RunningCount == 3 })
		primary, err := w.UpdateServicePrimaryTaskSet(t.Context(), &ecs.UpdateServicePrimaryTaskSetInput{Cluster: c, Service: s, PrimaryTaskSet: made.TaskSet.TaskSetArn})
		require.NoError(t, err)
		assert.Equal(t, "PRIMARY", *primary.TaskSet.Status)
		_, err = w.DeleteTaskSet(t.Context(), &ecs.DeleteTaskSetInput{Cluster: c, Service: s, TaskSet: id})
		require.Error(t, err)
		gone, err := w.DeleteTaskSet(t.Context(), &ecs.DeleteTaskSetInput{Cluster: c, Service: s, TaskSet: id, Force: aws.Bool(true)})
		require.NoError(t, err)
		assert.Equal(t, "DRAINING", *gone.TaskSet.Status)
		_, err = w.UpdateServicePrimaryTaskSet(t.Context(), &ecs.UpdateServicePrimaryTaskSetInput{Cluster: c, Service: s, PrimaryTaskSet: id})
		require.ErrorContains(t, err, "is being deleted")
		_, err = w.UpdateTaskSet(t.Context(), &ecs.UpdateTaskSetInput{Cluster: c, Service: s, TaskSet: id, Scale: &types.Scale{Value: 100}})
		require.ErrorContains(t, err, "is being deleted")
		w.reaches(func(sv types.Service) bool { return len(sv.TaskSets) == 0 })
		_, err = w.UpdateTaskSet(t.Context(), &ecs.UpdateTaskSetInput{Cluster: c, Service: s, TaskSet: id, Scale: &types.Scale{}})
		var missing *types.TaskSetNotFoundException
		require.ErrorAs(t, err, &missing)
	}, simulated.On(simulated.Image("v1"), simulated.IgnoreTerm())) // so that draining takes a while
}

func TestServiceEvents(t *testing.T) {
	var list []string
	heard := func(e server.ServiceEvent) {
		list = append(list, strings.TrimSuffix(e.Kind[4:]+" "+e.Type+" "+e.Name, " "))
	}
	inWorldOf(t, server.Config{ServiceEvent: heard}, func(w *world) {
		w.serve(w.release("v1"), 1, breaking(true))
		w.stable()
		assert.Equal(t, []string{
			"Deployment State Change INFO SERVICE_DEPLOYMENT_IN_PROGRESS",
			"Service Action INFO TASKS_STARTED",
			"Deployment State Change INFO SERVICE_DEPLOYMENT_COMPLETED",
			"Service Action INFO SERVICE_STEADY_STATE",
		}, list)
		list = nil
		w.ship(w.release("broken"))
		w.reaches(func(sv types.Service) bool { return isStable(sv) })
		assert.Contains(t, list, "Deployment State Change ERROR SERVICE_DEPLOYMENT_FAILED")
	}, broken)
}

func TestSupersededDeployment(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 2)
		w.stable()
		w.ship(w.release("slow"))
		synctest.Wait()
		w.ship(w.release("v3"))
		w.stable()
		assert.Equal(t, "v3", *w.serving()[0].Containers[0].Image)
		assert.Equal(t, types.ServiceDeploymentStatusStopped, w.deployment(1).Status)
		assert.Equal(t, types.ServiceDeploymentStatusSuccessful, w.deployment(0).Status)
	}, simulated.On(simulated.Image("slow"), simulated.SlowStart(time.Minute)))
}

func TestCloseInTheMiddleOfADeployment(t *testing.T) {
	inWorldOf(t, server.Config{Targets: newGroups()}, func(w *world) {
		w.serve(w.release("v1", published), 3, balanced)
		w.stable()
		w.ship(w.release("v2", published))
		time.Sleep(6 * time.Second)
	})
}

// TestHooksOfEachStep calls the hooks of a traffic shift before each of its
// steps, and passes on their details.
func TestHooksOfEachStep(t *testing.T) {
	g := newGroups()
	inWorldOf(t, server.Config{Targets: g}, func(w *world) {
		var calls []string
		w.SetHook("lambda", func(_ context.Context, c server.HookCall) (types.DeploymentLifecycleHookStatus, error) {
			calls = append(calls, fmt.Sprint(c.Stage, " ", string(c.Details), " ", len(g.shifted(0))))
			return types.DeploymentLifecycleHookStatusSucceeded, nil
		})
		linear := func(c *types.DeploymentConfiguration) {
			c.LinearConfiguration = &types.LinearConfiguration{StepPercent: aws.Float64(50), StepBakeTimeInMinutes: aws.Int32(5)}
			c.LifecycleHooks[0].HookDetails = ecsdocument.NewLazyDocument("smoke")
		}
		w.serve(w.release("v1", published), 1, balanced, strategy(types.DeploymentStrategyLinear, 0,
			lambda("PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"), linear))
		w.stable()
		calls = nil
		w.ship(w.release("v2", published))
		w.stable()
		assert.Equal(t, []string{"prod map[tg-blue:50 tg-green:50]", "prod map[tg-blue:0 tg-green:100]"}, g.shifted(2))
		assert.Equal(t, []string{
			`PRE_PRODUCTION_TRAFFIC_SHIFT "smoke" 2`, `PRODUCTION_TRAFFIC_SHIFT "smoke" 2`,
			`PRE_PRODUCTION_TRAFFIC_SHIFT "smoke" 3`, `PRODUCTION_TRAFFIC_SHIFT "smoke" 3`,
		}, calls)
		r := w.deployment(0)
		assert.Len(t, r.LifecycleHookDetails, 4)
		assert.InDelta(t, 100, *r.TargetServiceRevision.RequestedTestTrafficWeight, 0)
	})
}

// TestHookThatTakesTooLong is IN_PROGRESS until its time is up.
func TestHookThatTakesTooLong(t *testing.T) {
	inWorld(t, func(w *world) {
		calls := 0
		w.SetHook("lambda", func(context.Context, server.HookCall) (types.DeploymentLifecycleHookStatus, error) {
			calls++
			return types.DeploymentLifecycleHookStatusInProgress, nil
		})
		w.serve(w.release("v1"), 1)
		w.stable()
		w.update(func(in *ecs.UpdateServiceInput) {
			in.TaskDefinition, in.DeploymentConfiguration = aws.String(w.release("v2")), &types.DeploymentConfiguration{}
			lambda("POST_SCALE_UP")(in.DeploymentConfiguration)
			in.DeploymentConfiguration.LifecycleHooks[0].TimeoutConfiguration = &types.DeploymentLifecycleHookTimeoutConfiguration{TimeoutInMinutes: aws.Int32(10)}
		})
		w.stable()
		assert.Equal(t, "v1", *w.serving()[0].Containers[0].Image)
		r := w.deployment(0)
		assert.Equal(t, types.DeploymentLifecycleHookStatusTimedOut, r.LifecycleHookDetails[0].Status)
		assert.Contains(t, *r.StatusReason, "timed out")
		assert.InDelta(t, 20, calls, 1, "every 30 seconds")
	})
}

// TestHookThatIsNotSet fails the deployment.
func TestHookThatIsNotSet(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 1)
		w.stable()
		w.update(func(in *ecs.UpdateServiceInput) {
			in.TaskDefinition, in.DeploymentConfiguration = aws.String(w.release("v2")), &types.DeploymentConfiguration{}
			lambda("PRE_SCALE_UP")(in.DeploymentConfiguration)
		})
		w.stable()
		assert.Contains(t, *w.deployment(0).StatusReason, "nothing is set for the lifecycle hook lambda")
	})
}

// TestSupersededShift gives the traffic back to the blue tasks before the next
// green ones take the place of the last.
func TestSupersededShift(t *testing.T) {
	g := newGroups()
	inWorldOf(t, server.Config{Targets: g}, func(w *world) {
		w.serve(w.release("v1", published), 1, balanced, strategy(types.DeploymentStrategyCanary, 0, func(c *types.DeploymentConfiguration) {
			c.CanaryConfiguration = &types.CanaryConfiguration{CanaryPercent: aws.Float64(20), CanaryBakeTimeInMinutes: aws.Int32(15)}
		}))
		w.stable()
		w.ship(w.release("v2", published))
		w.reaches(func(types.Service) bool { return len(g.shifted(0)) == 3 })
		assert.Equal(t, "prod map[tg-blue:80 tg-green:20]", g.shifted(2)[0])
		w.ship(w.release("v3", published))
		w.stable()
		assert.Equal(t, []string{
			"prod map[tg-blue:100 tg-green:0]", "test map[tg-blue:0 tg-green:100]", "prod map[tg-blue:80 tg-green:20]", "prod map[tg-blue:0 tg-green:100]",
		}, g.shifted(3))
		assert.Equal(t, "v3", *w.serving()[0].Containers[0].Image)
		assert.Equal(t, 1, g.count("tg-green"))
		assert.Zero(t, g.count("tg-blue"))
	})
}

// TestAlarmThatDoesNotRollBack leaves all as it is.
func TestAlarmThatDoesNotRollBack(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 1, strategy("", 10, func(c *types.DeploymentConfiguration) {
			c.Alarms = &types.DeploymentAlarms{AlarmNames: []string{"errors"}, Enable: true}
		}))
		w.stable()
		w.ship(w.release("v2"))
		w.reaches(func(types.Service) bool {
			return w.deployment(0).LifecycleStage == types.ServiceDeploymentLifecycleStageBakeTime
		})
		w.SetAlarm("errors", true)
		sv := w.reaches(func(sv types.Service) bool {
			return sv.Deployments[0].RolloutState == types.DeploymentRolloutStateFailed
		})
		assert.Equal(t, "ECS deployment failed: alarm(s) detected.", *sv.Deployments[0].RolloutStateReason)
		assert.Equal(t, types.ServiceDeploymentStatusStopped, w.deployment(0).Status)
		assert.Equal(t, "v2", *w.serving()[0].Containers[0].Image)
	})
}

// TestAbort stops a deployment where it is.
func TestAbort(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 2)
		w.stable()
		w.ship(w.release("slow"))
		synctest.Wait()
		_, err := w.StopServiceDeployment(t.Context(), &ecs.StopServiceDeploymentInput{
			ServiceDeploymentArn: w.deployment(0).ServiceDeploymentArn, StopType: types.StopServiceDeploymentStopTypeAbort,
		})
		require.NoError(t, err)
		r := w.deployment(0)
		assert.Equal(t, types.ServiceDeploymentStatusStopped, r.Status)
		assert.NotNil(t, r.StoppedAt)
		time.Sleep(time.Hour)
		assert.Equal(t, int32(4), w.web().RunningCount)
	}, simulated.On(simulated.Image("slow"), simulated.SlowStart(time.Minute)))
}

// TestTaskSetsAPI names task sets that aren't there, and services that can't
// have any.
func TestTaskSetsAPI(t *testing.T) {
	inWorldOf(t, server.Config{Targets: newGroups()}, func(w *world) {
		td := w.release("v1", published)
		w.serve(td, 0, func(in *ecs.CreateServiceInput) { in.ServiceName = aws.String("plain") })
		_, err := w.CreateService(t.Context(), &ecs.CreateServiceInput{
			ServiceName: aws.String("web"), DesiredCount: aws.Int32(1), DeploymentController: &types.DeploymentController{Type: types.DeploymentControllerTypeExternal},
		})
		require.NoError(t, err)
		create := func(change func(*ecs.CreateTaskSetInput)) (*ecs.CreateTaskSetOutput, error) {
			in := &ecs.CreateTaskSetInput{Cluster: aws.String("default"), Service: aws.String("web"), TaskDefinition: aws.String(td)}
			change(in)
			return w.CreateTaskSet(t.Context(), in)
		}
		for text, change := range map[string]func(*ecs.CreateTaskSetInput){
			"EXTERNAL":                 func(in *ecs.CreateTaskSetInput) { in.Service = aws.String("plain") },
			"Service not found.":       func(in *ecs.CreateTaskSetInput) { in.Service = aws.String("none") },
			"taskDefinition":           func(in *ecs.CreateTaskSetInput) { in.TaskDefinition = nil },
			"TaskDefinition not found": func(in *ecs.CreateTaskSetInput) { in.TaskDefinition = aws.String("none") },
			"between 0 and 100":        func(in *ecs.CreateTaskSetInput) { in.Scale = &types.Scale{Value: 101} },
			"serviceRegistries":        func(in *ecs.CreateTaskSetInput) { in.ServiceRegistries = []types.ServiceRegistry{{}} },
			"does not exist": func(in *ecs.CreateTaskSetInput) {
				in.LoadBalancers = []types.LoadBalancer{{ContainerName: aws.String("app"), ContainerPort: aws.Int32(80)}}
			},
		} {
			_, err := create(change)
			require.ErrorContains(t, err, text)
		}
		tagged := func(in *ecs.CreateTaskSetInput) {
			in.ClientToken, in.ExternalId, in.Scale = aws.String("once"), aws.String("outside"), &types.Scale{Value: 100}
			in.Tags = []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}
			in.LoadBalancers = []types.LoadBalancer{{TargetGroupArn: aws.String("tg-x"), ContainerName: aws.String("app"), ContainerPort: aws.Int32(80)}}
		}
		made, err := create(tagged)
		require.NoError(t, err)
		again, err := create(tagged)
		require.NoError(t, err)
		assert.Equal(t, made.TaskSet.Id, again.TaskSet.Id)
		time.Sleep(3 * time.Second)
		describe := func(change func(*ecs.DescribeTaskSetsInput)) *ecs.DescribeTaskSetsOutput {
			in := &ecs.DescribeTaskSetsInput{Cluster: aws.String("default"), Service: aws.String("web")}
			change(in)
			out, err := w.DescribeTaskSets(t.Context(), in)
			require.NoError(t, err)
			return out
		}
		all := describe(func(*ecs.DescribeTaskSetsInput) {})
		require.Len(t, all.TaskSets, 1)
		assert.Equal(t, int32(1), all.TaskSets[0].RunningCount)
		assert.Equal(t, types.StabilityStatusStabilizing, all.TaskSets[0].StabilityStatus, "its target is not healthy yet")
		assert.Equal(t, "outside", *all.TaskSets[0].ExternalId)
		assert.Empty(t, all.TaskSets[0].Tags)
		time.Sleep(10 * time.Second)
		named := describe(func(in *ecs.DescribeTaskSetsInput) {
			in.TaskSets, in.Include = []string{*made.TaskSet.TaskSetArn, "ecs-svc/1"}, []types.TaskSetField{types.TaskSetFieldTags}
		})
		assert.Equal(t, types.StabilityStatusSteadyState, named.TaskSets[0].StabilityStatus)
		assert.Len(t, named.TaskSets[0].Tags, 1)
		assert.Equal(t, "arn:aws:ecs:us-east-1:000000000000:task-set/default/web/ecs-svc/1", *named.Failures[0].Arn)
	})
}

// TestProtectionOfAllTasks asks without naming any.
func TestProtectionOfAllTasks(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 2)
		w.stable()
		out, err := w.GetTaskProtection(t.Context(), &ecs.GetTaskProtectionInput{Cluster: aws.String("default")})
		require.NoError(t, err)
		assert.Len(t, out.ProtectedTasks, 2)
		assert.False(t, out.ProtectedTasks[0].ProtectionEnabled)
		for text, in := range map[string]*ecs.UpdateTaskProtectionInput{
			"between 1 and 10 tasks": {},
			"between 1 and 2880":     {Tasks: []string{"a"}, ExpiresInMinutes: aws.Int32(2881)},
		} {
			_, err := w.UpdateTaskProtection(t.Context(), in)
			require.ErrorContains(t, err, text)
		}
	})
}

// TestProtectedTasksHoldUpADeployment keeps the old tasks until their
// protection is over.
func TestProtectedTasksHoldUpADeployment(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 1)
		w.stable()
		safe := *w.serving()[0].TaskArn
		_, err := w.UpdateTaskProtection(t.Context(), &ecs.UpdateTaskProtectionInput{Tasks: []string{safe}, ProtectionEnabled: true, ExpiresInMinutes: aws.Int32(60)})
		require.NoError(t, err)
		w.ship(w.release("v2"))
		time.Sleep(59 * time.Minute)
		assert.Len(t, w.web().Deployments, 2)
		assert.Len(t, w.serving(), 2)
		w.stable()
		assert.NotEqual(t, safe, *w.serving()[0].TaskArn)
	})
}

// served counts the tasks that are registered in the group that has the
// production traffic, by the last shift.
func (g *groups) served() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, shift := range slices.Backward(g.shifts) {
		switch shift {
		case "prod map[tg-blue:100 tg-green:0]":
			return len(g.in["tg-blue"])
		case "prod map[tg-blue:0 tg-green:100]":
			return len(g.in["tg-green"])
		}
	}
	return 0
}

// TestSupersededCleanUp ships while the blue tasks drain: the green ones keep
// the traffic, and are what a rollback goes back to.
func TestSupersededCleanUp(t *testing.T) {
	g := newGroups()
	inWorldOf(t, server.Config{Targets: g}, func(w *world) {
		w.serve(w.release("v1", published), 1, balanced, strategy(types.DeploymentStrategyBlueGreen, 0))
		w.stable()
		second := w.release("v2", published)
		w.ship(second)
		w.reaches(func(types.Service) bool {
			return w.deployment(0).LifecycleStage == types.ServiceDeploymentLifecycleStageCleanUp
		})
		w.ship(w.release("slow", published))
		w.reaches(func(sv types.Service) bool { return assert.NotZero(t, g.served()) && sv.PendingCount == 1 })
		assert.Len(t, g.shifted(3), 0, "the traffic stays where it is")
		_, err := w.StopServiceDeployment(t.Context(), &ecs.StopServiceDeploymentInput{ServiceDeploymentArn: w.deployment(0).ServiceDeploymentArn})
		require.NoError(t, err)
		sv := w.reaches(func(sv types.Service) bool { return assert.NotZero(t, g.served()) && isStable(sv) })
		assert.Equal(t, second, *sv.TaskDefinition)
	}, simulated.On(simulated.Image("slow"), simulated.SlowStart(time.Minute)))
}

// TestShipAfterAbort stops a deployment that has the traffic, and ships
// another: the traffic goes back first.
func TestShipAfterAbort(t *testing.T) {
	g := newGroups()
	inWorldOf(t, server.Config{Targets: g}, func(w *world) {
		w.serve(w.release("v1", published), 1, balanced, strategy(types.DeploymentStrategyBlueGreen, 60))
		w.stable()
		w.ship(w.release("v2", published))
		w.reaches(func(types.Service) bool {
			return w.deployment(0).LifecycleStage == types.ServiceDeploymentLifecycleStageBakeTime
		})
		_, err := w.StopServiceDeployment(t.Context(), &ecs.StopServiceDeploymentInput{
			ServiceDeploymentArn: w.deployment(0).ServiceDeploymentArn, StopType: types.StopServiceDeploymentStopTypeAbort,
		})
		require.NoError(t, err)
		w.ship(w.release("v3", published))
		w.reaches(func(sv types.Service) bool { return assert.NotZero(t, g.served()) && isStable(sv) })
		assert.Equal(t, "v3", *w.serving()[0].Containers[0].Image)
	})
}

// TestThirdRevisionWaits pauses before its tasks are launched: those of the
// second give way to the first's only within the bounds.
func TestThirdRevisionWaits(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1", checked), 4, percents(100, 150))
		w.stable()
		w.ship(w.release("v2", checked))
		healthy := func() (n int) {
			for _, task := range w.serving() {
				if task.HealthStatus == types.HealthStatusHealthy {
					n++
				}
			}
			return n
		}
		w.reaches(func(sv types.Service) bool { return sv.Deployments[0].RunningCount == 4 })
		w.update(func(in *ecs.UpdateServiceInput) {
			in.TaskDefinition = aws.String(w.release("v3", checked))
			in.DeploymentConfiguration = &types.DeploymentConfiguration{LifecycleHooks: []types.DeploymentLifecycleHook{{
				TargetType: types.DeploymentLifecycleHookTargetTypePause, LifecycleStages: []types.DeploymentLifecycleHookStage{"PRE_SCALE_UP"},
			}}}
		})
		least := 4
		w.reaches(func(sv types.Service) bool {
			least = min(least, healthy())
			return len(sv.Deployments) == 2 && sv.Deployments[1].RunningCount == 4
		})
		assert.Equal(t, 4, least)
		assert.Equal(t, "v1", *w.serving()[0].Containers[0].Image)
	})
}

// TestAbortWithProtectedTasks doesn't keep what was to go.
func TestAbortWithProtectedTasks(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 2)
		w.stable()
		_, err := w.UpdateTaskProtection(t.Context(), &ecs.UpdateTaskProtectionInput{
			Cluster: aws.String("default"), Tasks: []string{*w.serving()[0].TaskArn, *w.serving()[1].TaskArn}, ProtectionEnabled: true, ExpiresInMinutes: aws.Int32(10),
		})
		require.NoError(t, err)
		w.update(func(in *ecs.UpdateServiceInput) {
			in.DesiredCount, in.ForceNewDeployment = aws.Int32(0), true
		})
		synctest.Wait()
		_, err = w.StopServiceDeployment(t.Context(), &ecs.StopServiceDeploymentInput{
			ServiceDeploymentArn: w.deployment(0).ServiceDeploymentArn, StopType: types.StopServiceDeploymentStopTypeAbort,
		})
		require.NoError(t, err)
		assert.Equal(t, int32(2), w.web().RunningCount)
		time.Sleep(11 * time.Minute)
		assert.Zero(t, w.web().RunningCount)
	})
}

// TestTaskSetsTellOfThemselves in events that name them.
func TestTaskSetsTellOfThemselves(t *testing.T) {
	var actions []string
	heard := func(e server.ServiceEvent) { actions = append(actions, e.Name) }
	inWorldOf(t, server.Config{Targets: newGroups(), ServiceEvent: heard}, func(w *world) {
		_, err := w.CreateService(t.Context(), &ecs.CreateServiceInput{
			ServiceName: aws.String("web"), DesiredCount: aws.Int32(1), DeploymentController: &types.DeploymentController{Type: types.DeploymentControllerTypeExternal},
		})
		require.NoError(t, err)
		made, err := w.CreateTaskSet(t.Context(), &ecs.CreateTaskSetInput{
			Cluster: aws.String("default"), Service: aws.String("web"), TaskDefinition: aws.String(w.release("v1", published)), Scale: &types.Scale{Value: 100},
			LoadBalancers: []types.LoadBalancer{{TargetGroupArn: aws.String("tg-x"), ContainerName: aws.String("app"), ContainerPort: aws.Int32(80)}},
		})
		require.NoError(t, err)
		time.Sleep(time.Minute)
		about := "(service web, taskSet " + *made.TaskSet.Id + ") "
		list := messages(w.web())
		require.Len(t, list, 4)
		assert.Regexp(t, regexp.QuoteMeta(about)+`has started 1 tasks: \(task [0-9a-f]{32}\)\.`, list[0])
		assert.Equal(t, []string{
			about + "registered 1 targets in (target-group tg-x)",
			about + "updated state to STEADY_STATE.",
			"(service web) has reached a steady state.",
		}, list[1:])
		assert.Equal(t, []string{"TASKS_STARTED", "TASKSET_STEADY_STATE", "SERVICE_STEADY_STATE"}, actions)
	})
}

// TestUnhealthyTargetOnAnInstance is named by its instance and its host port.
func TestUnhealthyTargetOnAnInstance(t *testing.T) {
	g := newGroups()
	inWorldOf(t, server.Config{Targets: g}, func(w *world) {
		i := *w.add(server.InstanceSpec{}).Ec2InstanceId
		g.failing("tg-blue")
		w.serve(w.release("v1", published), 1, balanced)
		time.Sleep(time.Minute)
		all := strings.Join(messages(w.web()), "\n")
		assert.Regexp(t, `\(service web\) \(task [0-9a-f]{32}\) \(instance `+i+`\) \(port \d{5}\) is unhealthy in \(target-group tg-blue\) due to \(reason Health checks failed\)\.`, all)
	})
}

// TestShipAfterAbortedCleanUp ships from what was aborted, which is to have all
// its tasks again.
func TestShipAfterAbortedCleanUp(t *testing.T) {
	inWorldOf(t, server.Config{Targets: newGroups()}, func(w *world) {
		w.serve(w.release("v1", published), 1, balanced, strategy(types.DeploymentStrategyBlueGreen, 10))
		w.stable()
		at := func(stage types.ServiceDeploymentLifecycleStage) {
			w.reaches(func(types.Service) bool { return w.deployment(0).LifecycleStage == stage })
		}
		w.ship(w.release("v2", published))
		at(types.ServiceDeploymentLifecycleStageCleanUp)
		_, err := w.StopServiceDeployment(t.Context(), &ecs.StopServiceDeploymentInput{
			ServiceDeploymentArn: w.deployment(0).ServiceDeploymentArn, StopType: types.StopServiceDeploymentStopTypeAbort,
		})
		require.NoError(t, err)
		w.scale(3)
		w.ship(w.release("v3", published))
		at(types.ServiceDeploymentLifecycleStageBakeTime)
		assert.Equal(t, int32(6), w.web().RunningCount)
		w.ship(w.release("v4", published))
		w.stable()
		assert.Equal(t, "v4", *w.serving()[0].Containers[0].Image)
	})
}
